// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/kernel.h>

#include "extack_fmt.h"

#ifdef SRP_EXTACK_LEN

#define RING	64

/* A buffer that is not handed out again for the next 63 refusals. */
char *srp_compat_extack_buffer(void)
{
	static char ring[RING][SRP_EXTACK_LEN];
	static atomic_t next;

	return ring[(unsigned int)atomic_inc_return(&next) % RING];
}

#endif
