// SPDX-License-Identifier: GPL-2.0
#include "bpf_program.h"

#ifdef SRPROXY_HAVE_LIBBPF

#include "handle.h"

#include <array>
#include <cstdarg>
#include <string_view>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/srproxy.h>
#include <unistd.h>

namespace srproxy {

namespace {

constexpr const char *module_name = "srproxy";
constexpr const char *function_name = "srproxy_seg6local";

using BtfHandle = std::unique_ptr<btf, Freer<btf__free>>;

class Descriptor {
public:
	explicit Descriptor(int number) : fd(number) {}
	Descriptor(const Descriptor &) = delete;
	Descriptor &operator=(const Descriptor &) = delete;
	~Descriptor() {
		if (fd >= 0)
			close(fd);
	}

	const int fd;
};

// The number of the function among the module's types; negative if there is none.
int function_type() {
	BtfHandle kernel(btf__load_vmlinux_btf());
	if (!kernel)
		return -1;
	BtfHandle module(btf__load_module_btf(module_name, kernel.get()));
	if (!module)
		return -1;
	return btf__find_by_name_kind(module.get(), function_name, BTF_KIND_FUNC);
}

// The module's types as the kernel holds them.
int module_types() {
	std::uint32_t id = 0;
	while (bpf_btf_get_next_id(id, &id) == 0) {
		int fd = bpf_btf_get_fd_by_id(id);
		if (fd < 0)
			continue;
		std::array<char, 64> name{};
		bpf_btf_info info{};
		info.name = reinterpret_cast<std::uintptr_t>(name.data());
		info.name_len = name.size();
		std::uint32_t size = sizeof(info);
		if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.kernel_btf &&
		    std::string_view(name.data()) == module_name)
			return fd;
		close(fd);
	}
	return -1;
}

int load() {
	libbpf_set_print([](libbpf_print_level, const char *, va_list) { return 0; });
	int function = function_type();
	if (function < 0)
		return -1;
	Descriptor types(module_types());
	if (types.fd < 0)
		return -1;

	// The function gets the context as it came and says what to return. Its number is
	// relative to types[1]: 0 would be the kernel's own.
	std::array<bpf_insn, 2> code{{
		{.code = BPF_JMP | BPF_CALL,
		 .dst_reg = 0,
		 .src_reg = BPF_PSEUDO_KFUNC_CALL,
		 .off = 1,
		 .imm = function},
		{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
	}};
	std::array<int, 2> fds{0, types.fd};
	bpf_prog_load_opts options{};
	options.sz = sizeof(options);
	options.fd_array = fds.data();
	int program = bpf_prog_load(BPF_PROG_TYPE_LWT_SEG6LOCAL, function_name, "GPL", code.data(),
				    code.size(), &options);
	return program < 0 ? -1 : program;
}

} // namespace

int seg6local_program() {
	static const int program = load();
	return program;
}

} // namespace srproxy

#else

namespace srproxy {

int seg6local_program() { return -1; }

} // namespace srproxy

#endif
