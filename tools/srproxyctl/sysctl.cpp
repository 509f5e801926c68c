// SPDX-License-Identifier: GPL-2.0
#include "sysctl.h"

#include <fstream>

namespace srproxy {

std::optional<int> read_sysctl(const std::string &name) {
	std::ifstream file("/proc/sys/" + name);
	int value = 0;
	if (!(file >> value))
		return std::nullopt;
	return value;
}

} // namespace srproxy
