// SPDX-License-Identifier: GPL-2.0
#include "tracefs.h"

#include "failure.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace srproxy {

namespace {

namespace fs = std::filesystem;

const std::string tracing = "/sys/kernel/tracing";
const std::string prefix = "srproxyctl-"; // and the process
constexpr int patience = 200;             // milliseconds, to ask for more than lines

sigset_t ends() {
	sigset_t set;
	sigemptyset(&set);
	for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
		sigaddset(&set, signal);
	return set;
}

[[noreturn]] void fail(const std::string &path, int error) {
	if (error == EACCES || error == EPERM)
		refuse(path + ": to trace, be root, with CAP_SYS_ADMIN, and the kernel not locked down");
	refuse(path + ": " + std::generic_category().message(error));
}

int write_file(const std::string &path, const std::string &text) {
	int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	auto written = write(fd, text.data(), text.size());
	int error = written < 0 ? errno : 0;
	close(fd);
	return error;
}

void set(const std::string &path, const std::string &text) {
	if (int error = write_file(path, text))
		fail(path, error);
}

// What can be wrong before there is a buffer, in words.
void check(const std::string &system) {
	struct stat status {};
	if (stat(tracing.c_str(), &status) < 0)
		refuse("this kernel has no tracing (CONFIG_FTRACE): there is no " + tracing);
	if (access((tracing + "/instances").c_str(), W_OK | X_OK) < 0) {
		if (errno == ENOENT)
			refuse("tracefs is not mounted: mount -t tracefs tracefs " + tracing);
		fail(tracing, errno);
	}
	if (stat(system.c_str(), &status) < 0)
		refuse("the module has no trace events in this kernel: there is no " + system);
}

// Buffers of processes that were killed; those in use refuse to go.
void remove_abandoned() {
	std::error_code ignored;
	for (const auto &entry : fs::directory_iterator(tracing + "/instances", ignored)) {
		auto name = entry.path().filename().string();
		if (name.starts_with(prefix) && !fs::exists("/proc/" + name.substr(prefix.size())))
			rmdir(entry.path().c_str());
	}
}

} // namespace

Interruption::Interruption() {
	auto set = ends();
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		fail("signalfd", errno);
	sigprocmask(SIG_BLOCK, &set, &mask_before);
	pipe_before = signal(SIGPIPE, SIG_IGN);
}

Interruption::~Interruption() {
	signalfd_siginfo done{};
	while (read(fd, &done, sizeof(done)) > 0) {
	}
	close(fd);
	signal(SIGPIPE, pipe_before);
	sigprocmask(SIG_SETMASK, &mask_before, nullptr);
}

TraceBuffer::TraceBuffer(std::string_view system, const std::string &filter)
    : directory(tracing + "/instances/" + prefix + std::to_string(getpid())),
      events(directory + "/events/" + std::string(system)) {
	check(tracing + "/events/" + std::string(system));
	remove_abandoned();
	if (mkdir(directory.c_str(), S_IRWXU) < 0)
		fail(directory, errno);
	try {
		// Small; the time that can be told in dates; and poll() for any line.
		set(directory + "/buffer_size_kb", "256");
		set(directory + "/trace_clock", "mono");
		set(directory + "/buffer_percent", "0");
		set(events + "/filter", filter);
		auto path = directory + "/trace_pipe";
		pipe = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (pipe < 0)
			fail(path, errno);
		set(events + "/enable", "1");
	} catch (...) {
		remove();
		throw;
	}
}

TraceBuffer::~TraceBuffer() { remove(); }

void TraceBuffer::remove() {
	write_file(events + "/enable", "0");
	if (pipe >= 0)
		close(pipe);
	rmdir(directory.c_str());
}

bool TraceBuffer::alive() const { return fs::exists(events); }

std::optional<std::vector<std::string>> TraceBuffer::read(const Interruption &interruption) {
	std::array<pollfd, 2> fds{pollfd{pipe, POLLIN, 0},
				  pollfd{interruption.descriptor(), POLLIN, 0}};
	if (poll(fds.data(), fds.size(), patience) < 0 && errno != EINTR)
		fail("poll", errno);
	if (fds[1].revents != 0)
		return std::nullopt;

	// Kernels differ in when poll() tells of a buffer: ask in any case.
	std::array<char, 16384> text;
	auto size = ::read(pipe, text.data(), text.size());
	if (size < 0 && errno != EAGAIN && errno != EINTR)
		fail(directory + "/trace_pipe", errno);
	if (size > 0)
		rest.append(text.data(), static_cast<std::size_t>(size));

	std::vector<std::string> lines;
	for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
		lines.push_back(rest.substr(0, end));
		rest.erase(0, end + 1);
	}
	return lines;
}

} // namespace srproxy
