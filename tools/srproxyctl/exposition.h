// SPDX-License-Identifier: GPL-2.0
// The text format of Prometheus: metrics, each with its samples.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srproxy {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

class Exposition {
public:
	// common: labels that every sample bears.
	explicit Exposition(Labels all) : common(std::move(all)) {}

	// Begins a metric, whose samples follow. type: "counter" or "gauge".
	void begin(std::string_view metric, std::string_view type, std::string_view help);
	void sample(const Labels &labels, const std::string &value);

	const std::string &text() const { return lines; }

private:
	Labels common;
	std::string name;
	std::string lines;
};

} // namespace srproxy
