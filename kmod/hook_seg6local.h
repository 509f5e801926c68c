/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets meet the proxy: at a seg6local route of the kernel's FIB. */
#ifndef _SRPROXY_HOOK_SEG6LOCAL_H
#define _SRPROXY_HOOK_SEG6LOCAL_H

#include <linux/skbuff.h>
#include <linux/srproxy.h>

struct __sk_buff;
struct net;
struct srp_sid;

bool srp_seg6local_takes(struct net *net, const struct srp_sid *sid,
			 struct sk_buff *skb);
bool srp_seg6local_arrive(struct net *net, struct sk_buff *skb, int iif);

/* The kfunc, where the kernel and how it was built allow for one. */
void srp_kfunc_setup(void);
enum srproxy_seg6local srp_kfunc_action(void);
/* For BPF programs, not for us. */
int srproxy_seg6local(struct __sk_buff *ctx);

#endif /* _SRPROXY_HOOK_SEG6LOCAL_H */
