/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the guest tells a plugin when to look: by executing an instruction that
 * does nothing, a long nop whose displacement is one of these.
 */
#ifndef WINDOW_H
#define WINDOW_H

#define WINDOW_OPEN	0x5352500a
#define WINDOW_CLOSE	0x5352500c

#endif /* WINDOW_H */
