// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace srproxy {

enum class Status {
	done = 0,
	refused = 1, // by this tool
	kernel = 2,  // the kernel refused
	absent = 3,  // the module is not there
	found = 4,   // done, and there is something to see to
};

// Why a command could not be done, in one sentence.
class Failure : public std::runtime_error {
public:
	Failure(Status why, const std::string &sentence)
	    : std::runtime_error(sentence), status(why) {}

	// The same failure, told of what: "sid fc00::1", then "batch.txt:7".
	Failure of(std::string_view subject) const {
		return subject.empty() ? *this
				       : Failure(status, std::string(subject) + ": " + what());
	}

	Status status;
};

// Why the kernel says EPERM.
inline constexpr const char *no_capability =
	"CAP_NET_ADMIN is needed, in the user namespace of this network namespace";

[[noreturn]] inline void refuse(const std::string &sentence) {
	throw Failure(Status::refused, sentence);
}

inline std::string in_quotes(std::string_view word) { return '"' + std::string(word) + '"'; }

} // namespace srproxy
