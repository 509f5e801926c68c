// SPDX-License-Identifier: GPL-2.0
// Changes that are made all together, or none of them.
#pragma once

#include "command.h"
#include "handle.h"

namespace srproxy {

class Session;
class Snapshot;

// Why none was made, and which of them could not be: counted from 0 as they were added.
class ChangeFailure : public Failure {
public:
	ChangeFailure(const Failure &why, std::size_t at) : Failure(why), change(at) {}

	std::size_t change;
};

class Transaction {
public:
	explicit Transaction(Session &of) : session(of) {}

	// Could it be part of one? add, replace, change, del and flush of VNFs, chains and SIDs.
	static bool takes(const Invocation &command);

	// One more change, to be made after those before it. Nothing is sent.
	void add(const Invocation &command);
	std::size_t size() const { return changes.size(); }

	// Makes them in the module, and then the routes of SIDs what they are to be: new ones
	// first. Throws ChangeFailure: nothing has changed, or all has been set back for want of
	// a route; or Failure, if it could not be tried at all. Asks for nothing without changes.
	void commit();

private:
	struct Change {
		std::string subject; // "sid fc00::1"
		const Object *object;
		MessageHandle request;
	};

	void put(const Object &object, std::string_view verb, std::uint16_t flags, View attributes);
	// The module's part of commit().
	void send();
	// What it has changed, by another transaction; learned headers and counters of what had
	// gone are lost. Throws Failure.
	void set_back(const Snapshot &before);

	Session &session;
	std::vector<Change> changes;
	bool routes = false; // may a SID's route come or go?
};

} // namespace srproxy
