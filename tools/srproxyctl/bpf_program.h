// SPDX-License-Identifier: GPL-2.0
// The program of End.BPF routes, which hands a packet over to the module.
#pragma once

namespace srproxy {

// Its descriptor, the same for as long as this process lives; -1 if it cannot be had: no
// permission, no BPF, no type information of the module.
int seg6local_program();

} // namespace srproxy
