// SPDX-License-Identifier: GPL-2.0
/* What the program of an End.BPF route calls to hand its packet over. */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>
#include <net/ipv6.h>

#include "compat/dst_init.h"
#include "hook_seg6local.h"
#include "seg6local_dev.h"

#if defined(SRP_HAVE_KFUNC) && IS_ENABLED(CONFIG_DEBUG_INFO_BTF_MODULES) && \
	IS_ENABLED(CONFIG_IPV6_SEG6_BPF)

/* Only ever borrowed (noref), by a packet that is on its way to dst_input(). */
static struct dst_ops handover_ops = {
	.family = AF_INET6,
};

static struct dst_entry handover;

static bool registered;

static int handover_input(struct sk_buff *skb)
{
	/* Drops of ours are no errors of the route. */
	return srp_seg6local_arrive(dev_net(skb->dev), skb, IP6CB(skb)->iif) ?
	       0 : -EINVAL;
}

__bpf_kfunc_start_defs();

/*
 * Return: what the program has to return: BPF_REDIRECT, or BPF_DROP if this is
 * no packet of a seg6local route to our device.
 */
__bpf_kfunc int srproxy_seg6local(struct __sk_buff *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx;

	if (!srp_seg6local_route(skb_dst(skb)))
		return BPF_DROP;
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &handover);
	return BPF_REDIRECT;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(kfunc_ids)
BTF_ID_FLAGS(func, srproxy_seg6local)
BTF_KFUNCS_END(kfunc_ids)

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &kfunc_ids,
};

/* Where it cannot be had, End.T will do. */
void __init srp_kfunc_setup(void)
{
	int err = -ENOENT;

	srp_dst_init(&handover, &handover_ops, DST_OBSOLETE_NONE, DST_NOCOUNT);
	handover.input = handover_input;
	/* Missing is what the next one takes for success. */
	if (THIS_MODULE->btf_data_size)
		err = register_btf_kfunc_id_set(BPF_PROG_TYPE_LWT_SEG6LOCAL,
						&kfunc_set);
	if (err)
		pr_notice("srproxy: built without BTF (error %d): seg6local routes are End.T, not End.BPF\n",
			  err);
	registered = !err;
}

enum srproxy_seg6local srp_kfunc_action(void)
{
	return registered ? SRPROXY_SEG6LOCAL_END_BPF : SRPROXY_SEG6LOCAL_END_T;
}

#else

void __init srp_kfunc_setup(void)
{
}

enum srproxy_seg6local srp_kfunc_action(void)
{
	return SRPROXY_SEG6LOCAL_END_T;
}

#endif
