// SPDX-License-Identifier: GPL-2.0
#include "dot.h"

#include "failure.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace srproxy {

namespace {

constexpr const char *program = "dot";

[[noreturn]] void fail(int error) {
	if (error == ENOENT)
		refuse("Graphviz draws the picture and is not installed: apt-get install graphviz; "
		       "or keep what \"srproxyctl graph dot\" prints");
	refuse(std::string("cannot run ") + program + ": " +
	       std::generic_category().message(error));
}

// The program, which reads what is written to it.
class Reader {
public:
	Reader() {
		std::array<int, 2> ends{};
		if (pipe2(ends.data(), O_CLOEXEC) < 0)
			fail(errno);
		to = ends[1];
		posix_spawn_file_actions_t actions;
		posix_spawn_file_actions_init(&actions);
		posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
		std::array<std::string, 2> words{program, "-Tsvg"};
		std::array<char *, 3> arguments{words[0].data(), words[1].data(), nullptr};
		int error =
			posix_spawnp(&id, program, &actions, nullptr, arguments.data(), environ);
		posix_spawn_file_actions_destroy(&actions);
		close(ends[0]);
		if (error != 0) {
			close(to);
			fail(error);
		}
	}
	Reader(const Reader &) = delete;
	Reader &operator=(const Reader &) = delete;

	// What it does not want is its own business: its exit status tells.
	void write_all(std::string_view rest) const {
		auto *old = std::signal(SIGPIPE, SIG_IGN);
		while (!rest.empty()) {
			auto size = write(to, rest.data(), rest.size());
			if (size < 0 && errno == EINTR)
				continue;
			if (size < 0)
				break;
			rest.remove_prefix(static_cast<std::size_t>(size));
		}
		std::signal(SIGPIPE, old);
		close(to);
	}

	bool succeeded() const {
		int status = 0;
		while (waitpid(id, &status, 0) < 0 && errno == EINTR)
			;
		return WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}

private:
	int to = -1;
	pid_t id = 0;
};

} // namespace

std::string dot_string(const std::string &text) {
	std::string quoted = "\"";
	for (char c : text) {
		if (c == '\n')
			quoted += "\\n";
		else if (c == '&') // else the beginning of an entity of HTML
			quoted += "&amp;";
		else if (c == '"' || c == '\\')
			quoted.append("\\").append(1, c);
		else
			quoted += c;
	}
	return quoted + '"';
}

void Dot::add(const std::string &line) {
	if (known.insert(line).second)
		lines += '\t' + line + ";\n";
}

void Dot::node(const std::string &id, const std::string &label, const Look &look) {
	if (!known.insert(id).second)
		return;
	add(dot_string(id) + " [label=" + dot_string(label) + ", shape=" + look.shape +
	    (look.down ? ", color=red, fontcolor=red]" : "]"));
}

void Dot::edge(const std::string &from, const std::string &to, const std::string &label,
	       bool down) {
	std::string look = label.empty() ? "" : "label=" + dot_string(label);
	if (down)
		look.append(look.empty() ? "" : ", ").append("color=red, fontcolor=red");
	add(dot_string(from) + " -> " + dot_string(to) + (look.empty() ? "" : " [" + look + ']'));
}

std::string Dot::text() const { return "digraph srproxy {\n\trankdir=LR;\n" + lines + "}\n"; }

void draw_svg(const std::string &dot) {
	Reader reader;
	reader.write_all(dot);
	if (!reader.succeeded())
		refuse(std::string(program) + " could not draw the picture");
}

} // namespace srproxy
