// SPDX-License-Identifier: GPL-2.0
// Changes that are sent together, one after another done by the module.
#pragma once

#include "batch.h"
#include "handle.h"

namespace srproxy {

class Session;

class Pipeline final : public Runner {
public:
	explicit Pipeline(Session &of) : session(of) {}

	// What is one change of the module, and nothing else.
	bool take(Words words, unsigned line) override;
	bool full() const override;
	std::vector<Refusal> finish() override;
	void run(Words words) override;

private:
	struct Change {
		unsigned line;
		const Object *object;
		std::string subject;
		MessageHandle request;
	};

	Session &session;
	std::vector<Change> changes;
	std::size_t size = 0; // of the requests
};

} // namespace srproxy
