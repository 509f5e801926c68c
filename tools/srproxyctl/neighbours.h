// SPDX-License-Identifier: GPL-2.0
// Who is known by which link-layer address.
#pragma once

#include "rtnetlink.h"

namespace srproxy {

// NUD_*; NUD_NONE if there is no such neighbour. address: 4 or 16 bytes.
std::uint16_t neighbour_state(Socket &socket, unsigned int device, View address);
// Has the kernel ask for it, as a packet to it would.
void ask_for_neighbour(Socket &socket, unsigned int device, View address);

} // namespace srproxy
