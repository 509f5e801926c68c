// SPDX-License-Identifier: GPL-2.0
#include "behavior.h"

static const struct srp_behavior *const behaviors[] = {
	[SRPROXY_BEHAVIOR_END_AS] = &srp_end_as,
	[SRPROXY_BEHAVIOR_END_AD] = &srp_end_ad,
};

/**
 * srp_behavior_find() - behavior of a number
 * @id: enum srproxy_behavior
 *
 * Return: the behavior, NULL if there is none
 */
const struct srp_behavior *srp_behavior_find(u8 id)
{
	return id < ARRAY_SIZE(behaviors) ? behaviors[id] : NULL;
}
