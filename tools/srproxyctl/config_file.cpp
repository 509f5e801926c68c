// SPDX-License-Identifier: GPL-2.0
#include "config_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <regex>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace srproxy {

namespace {

// File, section, object, list; and what [fc00::] is instead of an address, to tell about it.
constexpr std::size_t depth_max = 5;

Failure at(const Place &place, const std::string &sentence) {
	return Failure(Status::refused, sentence).of(place.text());
}

// What another reader of YAML would take a word without quotes for.
Node::Type type_of(const std::string &word) {
	static const std::regex number("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
	if (word == "true" || word == "false")
		return Node::Type::boolean;
	return std::regex_match(word, number) ? Node::Type::number : Node::Type::string;
}

// Builds the nodes. Only what JSON can say is taken: nothing is made twice, or meant otherwise
// than it looks.
class Builder final : public YAML::EventHandler {
public:
	explicit Builder(std::string of) : file(std::move(of)) {}

	const Node &result() const { return root; }
	bool empty() const { return documents == 0 || root.type == Node::Type::null; }

	void OnDocumentStart(const YAML::Mark &mark) override {
		if (documents++)
			throw at(place(mark),
				 "a second document (---) is too much: use another file");
	}
	void OnDocumentEnd() override {}

	void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override {
		put(node(Node::Type::null, mark, "", anchor));
	}
	void OnAlias(const YAML::Mark &mark, YAML::anchor_t) override {
		throw at(place(mark), "there are no aliases (*) here: write out what is meant");
	}
	void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
		      const std::string &value) override {
		auto scalar = node(tag == quoted ? Node::Type::string : type_of(value), mark, tag,
				   anchor);
		scalar.text = value;
		put(std::move(scalar));
	}
	void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
			     YAML::EmitterStyle::value) override {
		open(node(Node::Type::list, mark, tag, anchor));
	}
	void OnSequenceEnd() override { close(); }
	void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
			YAML::EmitterStyle::value) override {
		open(node(Node::Type::map, mark, tag, anchor));
	}
	void OnMapEnd() override { close(); }

private:
	// What yaml-cpp calls the tags of a scalar in quotes and of one that has none.
	static constexpr std::string_view quoted = "!";
	static constexpr std::string_view untagged = "?";

	Place place(const YAML::Mark &mark) const { return {file, mark.line + 1}; }

	Node node(Node::Type type, const YAML::Mark &mark, std::string_view tag,
		  YAML::anchor_t anchor) const {
		if (anchor)
			throw at(place(mark), "there are no anchors (&) here: remove it");
		if (!tag.empty() && tag != quoted && tag != untagged)
			throw at(place(mark), "there are no tags (!) here: remove it");
		return {.type = type, .place = place(mark)};
	}

	void open(Node node) {
		if (unfinished.size() == depth_max)
			throw at(node.place, node.what() + " is too deep here");
		unfinished.push_back(std::move(node));
	}
	void close() {
		auto done = std::move(unfinished.back());
		unfinished.pop_back();
		put(std::move(done));
	}
	void put(Node node) {
		(unfinished.empty() ? root : unfinished.back().elements.emplace_back()) =
			std::move(node);
	}

	std::string file;
	int documents = 0;
	Node root;
	std::vector<Node> unfinished; // maps and lists, from the outside inwards
};

// What yaml-cpp takes for the end of the file, for example.
void refuse_control_characters(const std::string &text, const std::string &name) {
	int line = 1;
	for (char c : text) {
		if (c == '\n')
			line++;
		if ((c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == '\x7f')
			throw at({name, line}, "there is a control character in this line");
	}
}

// The trap of IPv6 addresses in YAML.
std::string hint(const std::string &text, int number) {
	static const std::regex trap("::[ \t]*([\\],}#\r]|$)");
	std::istringstream lines(text);
	std::string line;
	while (number-- >= 0 && std::getline(lines, line))
		;
	return std::regex_search(line, trap) ? "; an address that ends with \":\" needs quotes"
					     : "";
}

Node read_one(std::istream &stream, const std::string &name) {
	return parse_config({std::istreambuf_iterator<char>(stream), {}}, name);
}

Node read_one(const std::filesystem::path &path) {
	std::ifstream file(path);
	if (file)
		file.peek();
	if (!file.good() && !file.eof())
		refuse("cannot read " + in_quotes(path.string()) + ": " +
		       std::generic_category().message(errno));
	return read_one(file, path.string());
}

} // namespace

std::string Node::what() const {
	switch (type) {
	case Type::null:
		return "nothing";
	case Type::boolean:
		return text;
	case Type::number:
		return "the number " + text;
	case Type::string:
		return "the text " + in_quotes(text);
	case Type::list:
		return "a list";
	default:
		return "a map";
	}
}

Node parse_config(const std::string &text, const std::string &name) {
	refuse_control_characters(text, name);
	Builder builder(name);
	try {
		std::istringstream stream(text);
		YAML::Parser parser(stream);
		while (parser.HandleNextDocument(builder))
			;
	} catch (const YAML::Exception &error) {
		throw at({name, error.mark.line + 1},
			 "this is not YAML: " + error.msg + hint(text, error.mark.line));
	}
	if (builder.empty())
		refuse(name + ": is empty: a configuration of nothing is written {}");
	return builder.result();
}

std::vector<Node> read_config_files(const std::string &word) {
	namespace fs = std::filesystem;
	std::vector<Node> nodes;
	std::error_code error;
	if (word == "-") {
		nodes.push_back(read_one(std::cin, word));
		return nodes;
	}
	if (!fs::is_directory(word, error)) {
		nodes.push_back(read_one(word));
		return nodes;
	}

	std::vector<fs::path> paths;
	for (fs::directory_iterator entry(word, error), end; !error && entry != end;
	     entry.increment(error)) {
		auto kind = entry->path().extension();
		bool hidden = entry->path().filename().string().starts_with('.');
		if (!hidden && (kind == ".yaml" || kind == ".yml" || kind == ".json"))
			paths.push_back(entry->path());
	}
	if (error)
		refuse("cannot read " + in_quotes(word) + ": " + error.message());
	if (paths.empty())
		refuse("there is no *.yaml, *.yml or *.json in " + in_quotes(word));
	std::ranges::sort(paths);
	for (const auto &path : paths)
		nodes.push_back(read_one(path));
	return nodes;
}

} // namespace srproxy
