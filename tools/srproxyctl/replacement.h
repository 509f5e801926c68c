// SPDX-License-Identifier: GPL-2.0
// A file that is replaced as a whole: who reads it sees the old or the new one.
#pragma once

#include <string>

namespace srproxy {

// Throws Failure; then the file is as it was.
void replace_file(const std::string &name, const std::string &content);

} // namespace srproxy
