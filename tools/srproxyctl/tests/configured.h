// SPDX-License-Identifier: GPL-2.0
// Configurations made of texts.
#pragma once

#include "config_reader.h"

namespace srproxy::configured {

inline Config config(const std::string &text) { return config_in({parse_config(text, "f")}); }

// As the module would tell of it, as far as that is said or implied.
inline Config told(const std::string &text) {
	std::map<const Object *, std::vector<Json>> records;
	for (const auto &[object, entries] : config(text)) {
		records[object];
		for (const auto &[key, entry] : entries)
			records[object].push_back(entry.record);
	}
	return config_of(records);
}

} // namespace srproxy::configured
