// SPDX-License-Identifier: GPL-2.0
// The kernel's HMAC keys of a namespace: ip sr hmac.
#pragma once

#include <cstdint>
#include <set>

namespace srproxy {

// Their ids; none on a kernel that knows no HMACs.
std::set<std::uint32_t> hmac_keys();

} // namespace srproxy
