// SPDX-License-Identifier: GPL-2.0
#include "netns.h"

#include "failure.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace srproxy {

void enter_netns(const std::string &name) {
	bool is_path = name.find('/') != name.npos;
	auto path = is_path ? name : "/run/netns/" + name;
	int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
	int error = errno;
	if (fd >= 0) {
		error = setns(fd, CLONE_NEWNET) < 0 ? errno : 0;
		close(fd);
		if (error == 0)
			return;
	}
	auto sentence = "network namespace " + in_quotes(name) + ": ";
	if (error == ENOENT)
		refuse(sentence + path + " does not exist");
	if (error == EINVAL)
		refuse(sentence + path + " is not a network namespace");
	if (error == EPERM)
		refuse(sentence + "CAP_SYS_ADMIN is needed to enter it");
	refuse(sentence + path + ": " + std::generic_category().message(error));
}

} // namespace srproxy
