// SPDX-License-Identifier: GPL-2.0
/*
 * The code under test is compiled once more into the module with its tests:
 * it needs nothing of the rest.
 */
#include <linux/module.h>

#include "../../kmod/srh.c"
#include "../../kmod/hmac.c"
#include "../../kmod/modes.c"
#include "../../kmod/encap.c"
#include "../../kmod/entropy.c"
#include "../../kmod/decap.c"
#include "../../kmod/inplace.c"
#include "../../kmod/flow.c"
#include "../../kmod/frame.c"

MODULE_DESCRIPTION("KUnit tests of srproxy");
MODULE_LICENSE("GPL");
