// SPDX-License-Identifier: GPL-2.0
#include "replacement.h"

#include "failure.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace srproxy {

namespace {

constexpr mode_t readable_by_all = 0644;

// In the same directory, so that it can take the place of the other one.
class Draft {
public:
	explicit Draft(const std::string &of) : final_name(of), name(of + ".XXXXXX") {
		fd = mkstemp(name.data());
		if (fd < 0)
			fail();
	}
	Draft(const Draft &) = delete;
	Draft &operator=(const Draft &) = delete;
	~Draft() {
		if (fd >= 0)
			close(fd);
		if (!published)
			unlink(name.c_str());
	}

	void write_all(std::string_view rest) {
		while (!rest.empty()) {
			auto size = write(fd, rest.data(), rest.size());
			if (size < 0 && errno == EINTR)
				continue;
			if (size < 0)
				fail();
			rest.remove_prefix(static_cast<std::size_t>(size));
		}
	}

	void publish() {
		if (fchmod(fd, readable_by_all) < 0 || fsync(fd) < 0 ||
		    std::rename(name.c_str(), final_name.c_str()) < 0)
			fail();
		published = true;
	}

private:
	[[noreturn]] void fail() const {
		refuse("cannot write " + in_quotes(final_name) + ": " +
		       std::generic_category().message(errno));
	}

	std::string final_name;
	std::string name;
	int fd = -1;
	bool published = false;
};

} // namespace

void replace_file(const std::string &name, const std::string &content) {
	Draft draft(name);
	draft.write_all(content);
	draft.publish();
}

} // namespace srproxy
