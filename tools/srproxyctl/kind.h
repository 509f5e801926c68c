// SPDX-License-Identifier: GPL-2.0
// What an attribute's value can be: from a word to the bytes of a netlink
// attribute, from those bytes to JSON, from JSON to text; and in a configuration file.
#pragma once

#include "failure.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace srproxy {

using Json = nlohmann::ordered_json;
using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

// The module sent what no module of this version would send.
class Malformed : public Failure {
public:
	explicit Malformed(const std::string &what);
};

std::string plain_text(const Json &value);

// Case does not matter.
bool same_word(std::string_view a, std::string_view b);

// Of a comma list; throws Failure if one is empty. noun: what one is.
std::vector<std::string_view> elements(std::string_view list, std::string_view noun);

class Kind {
public:
	// What usage calls a value.
	virtual std::string meta() const = 0;
	// Takes no value: WORD says yes, noWORD says no.
	virtual bool toggle() const { return false; }
	// Words that may stand here, or go on from what has been typed of one.
	virtual std::vector<std::string> suggest(std::string_view) const { return {}; }
	// The object whose keys stand here, if it is one's.
	virtual std::string_view refers_to() const { return {}; }
	// Throws Failure with a sentence that names the word.
	virtual Bytes parse(std::string_view word) const;
	virtual Json read(View payload) const = 0;
	// Puts into record what the payload says; nothing else than read() for most.
	virtual void decode(View payload, const std::string &key, Json &record) const;
	// all: what is 0 too, where there is much of it.
	virtual std::string text(const Json &value, bool all) const;

	// In a configuration file, as JSON Schema: a value, or one of a list of at most
	// list_max() if that is not 0. A list is parsed as its elements with commas between.
	virtual Json schema() const;
	virtual std::size_t list_max() const { return 0; }
	// What read() returns, as it is written there.
	virtual Json in_file(const Json &value) const { return value; }

protected:
	constexpr Kind() = default;
	~Kind() = default;
};

// An integer in host byte order.
template <typename T>
T read_integer(View payload) {
	T value{};
	if (payload.size() != sizeof(value))
		throw Malformed(std::to_string(payload.size()) + " bytes instead of " +
				std::to_string(sizeof(value)));
	std::memcpy(&value, payload.data(), sizeof(value));
	return value;
}

template <typename T>
Bytes write_integer(T value) {
	Bytes bytes(sizeof(value));
	std::memcpy(bytes.data(), &value, sizeof(value));
	return bytes;
}

template <typename T>
class Number final : public Kind {
public:
	constexpr Number(T lowest, T highest) : min(lowest), max(highest) {}

	std::string meta() const override {
		return std::to_string(min) + ".." + std::to_string(max);
	}

	Bytes parse(std::string_view word) const override {
		T value{};
		const char *end = word.data() + word.size();
		auto [rest, error] = std::from_chars(word.data(), end, value);
		if (error != std::errc() || rest != end || value < min || value > max)
			refuse(in_quotes(word) + " is not a number from " + std::to_string(min) +
			       " to " + std::to_string(max));
		return write_integer(value);
	}

	Json read(View payload) const override { return read_integer<T>(payload); }
	Json schema() const override {
		return {{"type", "integer"}, {"minimum", min}, {"maximum", max}};
	}

private:
	T min;
	T max;
};

// One of a few words, each a number; case does not matter.
class Choice final : public Kind {
public:
	struct Word {
		std::string_view word;
		std::uint8_t value;
	};

	constexpr explicit Choice(std::span<const Word> all) : words(all) {}

	std::string meta() const override;
	std::vector<std::string> suggest(std::string_view) const override;
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override;
	Json schema() const override;

private:
	std::span<const Word> words;
};

// What the module counts or tells, never set: an integer of any width.
class Reading final : public Kind {
public:
	std::string meta() const override { return "NUMBER"; }
	Json read(View payload) const override;
};

class Toggle final : public Kind {
public:
	std::string meta() const override { return {}; }
	bool toggle() const override { return true; }
	// For who has no WORD and noWORD: true, false.
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override { return read_integer<std::uint8_t>(payload) != 0; }
	Json schema() const override { return {{"type", "boolean"}}; }
};

// There or not, without a payload.
class Flag final : public Kind {
public:
	std::string meta() const override { return {}; }
	Json read(View) const override { return true; }
};

class String : public Kind {
public:
	constexpr explicit String(std::string_view meta = "NAME") : called(meta) {}

	std::string meta() const override { return std::string(called); }
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override;

private:
	std::string_view called;
};

// The name of a VNF or chain.
class Name final : public String {
public:
	constexpr explicit Name(std::string_view of) : object(of) {}

	std::string_view refers_to() const override { return object; }
	Bytes parse(std::string_view word) const override;
	Json schema() const override;

private:
	std::string_view object;
};

class Device final : public String {
public:
	std::string meta() const override { return "DEV"; }
	std::vector<std::string> suggest(std::string_view) const override; // those there are
	Bytes parse(std::string_view word) const override;
	Json schema() const override;
};

class Address final : public Kind {
public:
	constexpr explicit Address(int af) : family(af) {}

	std::string meta() const override { return "ADDR"; }
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override;
	Json schema() const override;

private:
	int family;
};

class AddressList final : public Kind {
public:
	std::string meta() const override { return "ADDR[,ADDR...]"; }
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override;
	Json schema() const override;
	std::size_t list_max() const override;
};

class LinkAddress final : public Kind {
public:
	std::string meta() const override { return "MAC"; }
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override;
	Json schema() const override;
};

class RoutingTable final : public Kind {
public:
	std::string meta() const override { return "TABLE"; }
	std::vector<std::string> suggest(std::string_view) const override;
	Bytes parse(std::string_view word) const override;
	Json read(View payload) const override { return read_integer<std::uint32_t>(payload); }
	std::string text(const Json &value, bool all) const override;
	Json schema() const override;
	Json in_file(const Json &value) const override;
};

// An IPv6 address in network byte order as text.
std::string ip6_text(View address);

} // namespace srproxy
