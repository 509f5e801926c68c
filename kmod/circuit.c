// SPDX-License-Identifier: GPL-2.0
#include "circuit.h"
#include "refuse.h"
#include "sid.h"

/*
 * All slots are written under the netns mutex, which a port does not know: the
 * caller holds it.
 */
static struct srp_sid *slot(const struct srp_port *port, unsigned int inner)
{
	return rcu_dereference_protected(port->circuit[inner], true);
}

/* As VLAN devices are called. */
static void port_label(char *label, size_t size, const struct srp_port *port)
{
	unsigned int i, at = scnprintf(label, size, "%s", port->trunk->name);

	for (i = 0; i < srp_vlans_count(&port->vlans); i++)
		at += scnprintf(label + at, size - at, ".%u",
				ntohs(port->vlans.tag[i].vid));
}

/* Another SID of a VNF that wants one of these circuits. */
static const struct srp_sid *rival(const struct srp_vnf *vnf,
				   const struct srp_port *port, u8 inner,
				   const struct srp_sid *own)
{
	const struct srp_sid *sid;

	list_for_each_entry(sid, &vnf->sids, at_vnf)
		if (sid != own && srp_sid_port_back(sid, vnf) == port &&
		    srp_sid_circuits(&sid->params) & inner)
			return sid;
	return NULL;
}

/* The same, of all that are attached to the port. */
static const struct srp_sid *rival_at(const struct srp_port *port, u8 inner,
				      const struct srp_sid *own)
{
	const struct srp_sid *sid;
	const struct srp_vnf *vnf;

	hlist_for_each_entry(vnf, &port->in_vnfs, at[SRP_IIF]) {
		sid = rival(vnf, port, inner, own);
		if (sid)
			return sid;
	}
	hlist_for_each_entry(vnf, &port->out_vnfs, at[SRP_DEV]) {
		sid = rival(vnf, port, inner, own);
		if (sid)
			return sid;
	}
	return NULL;
}

/**
 * srp_circuit_check() - does no other SID want the circuits of one?
 * @sid:	with its VNF
 * @vnf:	that
 * @attr:	attribute to point at
 * @extack:	for the refusal, which names the other one
 *
 * As all is configured, which packets may not have seen yet.
 *
 * Return: 0 or -EEXIST
 */
int srp_circuit_check(const struct srp_sid *sid, const struct srp_vnf *vnf,
		      const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	static const char * const names[SRP_INNER_MAX] = { "ip4", "ip6", "eth" };
	const struct srp_port *port = srp_sid_port_back(sid, vnf);
	u8 inner = srp_sid_circuits(&sid->params);
	char label[IFNAMSIZ + 2 * sizeof(".4094")];
	const struct srp_sid *other;

	/* Without circuits there may be any number on a port, to no end. */
	other = inner ? rival_at(port, inner, sid) : NULL;
	if (!other)
		return 0;
	inner &= srp_sid_circuits(&other->params);
	port_label(label, sizeof(label), port);
	srp_refuse(extack, attr, "SID %pI6c has %s's %s", &other->addr, label,
		   names[__ffs(inner)]);
	return -EEXIST;
}

/**
 * srp_circuit_open() - what returns on a port goes to a SID from now on
 * @port:	return interface, its circuits checked
 * @sid:	for each of its inner types
 */
void srp_circuit_open(struct srp_port *port, struct srp_sid *sid)
{
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++)
		if (srp_sid_circuits(&sid->params) & BIT(i))
			rcu_assign_pointer(port->circuit[i], sid);
}

/**
 * srp_circuit_close() - a SID's circuits on a port end, as far as they are its
 * @port:	return interface
 * @sid:	whose
 */
void srp_circuit_close(struct srp_port *port, const struct srp_sid *sid)
{
	unsigned int i;

	for (i = 0; i < SRP_INNER_MAX; i++)
		if (slot(port, i) == sid)
			RCU_INIT_POINTER(port->circuit[i], NULL);
}
