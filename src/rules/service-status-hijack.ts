import { dig, get, itemsOf, type ListValue, stringOf, type Value } from '../base/value.ts'
import type { Resource } from '../parse/resource.ts'
import { removeItem } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { resourcesOfKind } from './facts/of-kind.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const serviceStatusHijack = defineRule({
  id: 'service-status-hijack',
  meta: {
    title: 'Subject may take over addresses by the status of Services',
    severity: 'low',
    concepts: ['service-status-hijack', 'service-exposed'],
    layer: 'service',
    why: 'Nodes send what goes to an address in status.loadBalancer.ingress to the pods of the Service, whoever owns that address (CVE-2020-8554). Who may write the status may intercept traffic.',
    fix: 'Grant services/status to the controllers that hand out load balancer addresses, and to nobody else.',
    sources: ['CVE-2020-8554', 'https://github.com/kubernetes/kubernetes/issues/97076'],
  },

  /** Yields a hit for each binding of a role of the tree that lets somebody else than Kubernetes itself write `services/status`. */
  *check(view) {
    const roles = new Map(resourcesOfKind(view, 'Role', 'ClusterRole').map((role) => [roleKey(role), role] as const))
    for (const binding of resourcesOfKind(view, 'RoleBinding', 'ClusterRoleBinding')) {
      const role = roles.get(roleOf(binding) ?? '')
      const grant = role && findGrant(role)
      const subjects = itemsOf(get(binding.value, 'subjects')).filter((subject) => !isOfKubernetes(subject))
      if (role === undefined || grant === undefined || subjects.length === 0) continue
      const names = subjects.map(nameOf)
      yield {
        resource: binding.address,
        at: binding.origin,
        subject: view.identity(binding.address),
        extent: names.length,
        message: `${binding.address} lets ${listNames(names)} write the status of Services (${grant.words} of ${role.address}): by an address in status.loadBalancer.ingress they take over what pods and nodes send there, whoever owns it (CVE-2020-8554). Only controllers that hand out load balancer addresses need that.`,
        decide: `Does ${names[0]} hand out load balancer addresses? If not, leave services/status out of the role.`,
        fix: () => withoutGrant(role, grant),
      }
    }
  },

  /** The role without the resource, where it is written by name. */
  patch: (hit) => hit.fix?.(),
})

/** `ClusterRole balancer`, `Role shop/balancer`, in whatever language it is written. */
function roleKey({ kind, value }: Resource): string {
  const metadata = get(value, 'metadata')
  const name = stringOf(get(metadata, 'name')) ?? ''
  return kind === 'ClusterRole'
    ? `${kind} ${name}`
    : `${kind} ${stringOf(get(metadata, 'namespace')) ?? 'default'}/${name}`
}

/** The role that a binding means, as {@link roleKey} has it. */
function roleOf({ value }: Resource): string | undefined {
  const reference = get(value, 'roleRef')
  const [kind, name] = [stringOf(get(reference, 'kind')), stringOf(get(reference, 'name'))]
  if (kind === undefined || name === undefined) return undefined
  if (kind === 'ClusterRole') return `${kind} ${name}`
  return `${kind} ${stringOf(dig(value, 'metadata', 'namespace')) ?? 'default'}/${name}`
}

/** What controllers of Kubernetes are called; theirs is what the permission is for. */
function isOfKubernetes(subject: Value): boolean {
  const name = stringOf(get(subject, 'name')) ?? ''
  return /^system:(?!authenticated$|unauthenticated$|serviceaccounts)/.test(name)
}

function nameOf(subject: Value): string {
  const [kind, name] = [stringOf(get(subject, 'kind')) ?? 'subject', stringOf(get(subject, 'name')) ?? '?']
  const namespace = stringOf(get(subject, 'namespace'))
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

interface Grant {
  readonly words: string
  readonly resources: ListValue
  readonly index: number
  readonly isExact: boolean
}

/** A rule by which the status may be written. Source: kubernetes.io/docs/reference/access-authn-authz/rbac (`*`, subresources by `a/b`) */
function findGrant({ value }: Resource): Grant | undefined {
  for (const [number, rule] of itemsOf(get(value, 'rules')).entries()) {
    const groups = textsOf(get(rule, 'apiGroups'))
    const verbs = textsOf(get(rule, 'verbs'))
    const resources = get(rule, 'resources')
    if (resources?.kind !== 'list' || !itemsOf(get(rule, 'resourceNames')).every((name) => name.kind !== 'scalar'))
      continue
    if (!groups.some((group) => group === '' || group === '*')) continue
    if (!verbs.some((verb) => verb === '*' || verb === 'update' || verb === 'patch')) continue
    const index = resources.items.findIndex((item) => /^(?:\*|services\/status|\*\/status)$/.test(stringOf(item) ?? ''))
    if (index < 0) continue
    return {
      words: `rule ${number + 1}`,
      resources,
      index,
      isExact: stringOf(resources.items[index]) === 'services/status',
    }
  }
  return undefined
}

function textsOf(list: Value | undefined): readonly string[] {
  return itemsOf(list).flatMap((item) => stringOf(item) ?? [])
}

function withoutGrant({ address }: Resource, { resources, index, isExact }: Grant): ProposedPatch | undefined {
  if (!isExact) return undefined
  return inPlace(removeItem(resources, index), `Takes services/status out of ${address}.`)
}
