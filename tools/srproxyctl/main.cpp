// SPDX-License-Identifier: GPL-2.0
// srproxyctl: configures and shows the SRv6 service proxy of this kernel.
#include "actions.h"
#include "batch.h"
#include "help.h"
#include "netns.h"
#include "pipeline.h"
#include "session.h"
#include "transaction.h"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>

namespace {

using namespace srproxy;

void report(const Failure &failure) {
	std::cout.flush(); // what came before it
	std::cerr << "srproxyctl: " << failure.what() << '\n';
}

Status run_lines(Session &session, std::istream &lines) {
	const auto &options = session.options;
	if (options.atomic) {
		Transaction transaction(session);
		run_atomic(options.batch, lines, transaction);
		return Status::done;
	}
	Pipeline pipeline(session);
	return Batch{options.batch, options.force, pipeline, report}.run_all(lines);
}

Status run_batch(Session &session) {
	const auto &name = session.options.batch;
	if (name == "-") {
		std::ios::sync_with_stdio(false); // to see what is at hand
		return run_lines(session, std::cin);
	}
	std::ifstream file(name);
	if (file)
		file.peek(); // a directory opens, but does not read
	if (!file.good() && !file.eof())
		refuse("cannot read " + in_quotes(name) + ": " +
		       std::generic_category().message(errno));
	return run_lines(session, file);
}

Status run_all(int argc, char **argv) {
	const auto [options, words] = parse_options(argc, argv);
	if (options.version) {
		std::cout << "srproxyctl " << tool_version() << '\n';
		return Status::done;
	}
	if (options.help) {
		std::cout << usage();
		return Status::done;
	}
	if (words.empty() && options.batch.empty()) {
		std::cerr << usage();
		return Status::refused;
	}
	if (!words.empty() && !options.batch.empty())
		refuse(in_quotes(words.front()) +
		       " is one word too many: -b reads the commands from a file");
	if (options.atomic && options.batch.empty())
		refuse("--atomic is of the commands of a file: -b FILE is missing");
	if (options.atomic && options.force)
		refuse("--atomic and --force exclude each other: nothing is done after an error");
	if (!options.netns.empty())
		enter_netns(options.netns);

	Session session(options, std::cout);
	if (!options.batch.empty())
		if (auto status = run_batch(session); status != Status::done)
			return status;
	if (!words.empty())
		run(session, words);
	return session.status;
}

} // namespace

int main(int argc, char **argv) {
	auto status = Status::done;
	try {
		status = run_all(argc, argv);
	} catch (const Failure &failure) {
		report(failure);
		status = failure.status;
	} catch (const std::exception &exception) {
		std::cerr << "srproxyctl: " << exception.what() << '\n';
		status = Status::refused;
	}
	if (!std::cout.flush()) {
		std::cerr << "srproxyctl: cannot write to standard output\n";
		status = Status::refused;
	}
	return static_cast<int>(status);
}
