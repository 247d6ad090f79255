import { toTruth } from '../../algebra/truth.ts'
import type { Problem } from '../../base/problem.ts'
import { dig, get, isAbsent, stringOf, type Value } from '../../base/value.ts'
import { isCloudUnit, type Resource } from '../../parse/resource.ts'
import type { AdminPolicy } from './admin-policy.ts'
import { apiGroup, isUnknown, objectName, type Rejection, toProblem, UNKNOWN_NAME } from './fields.ts'
import type { Ingress } from './ingress.ts'
import type { KubernetesNetwork } from './kubernetes-network.ts'
import { type Labels, readLabels } from './labels.ts'
import { labelsOfUnseenNamespace, NAMESPACE_NAME_LABEL, type Namespace } from './namespace.ts'
import type { NetworkPolicy } from './network-policy.ts'
import { groupPods, type PodOwners } from './pod-owners.ts'
import { ADMIN_POLICY_KINDS, readAdminPolicy } from './read-admin-policy.ts'
import { readIngress, readRoute } from './read-ingress.ts'
import { readNetworkPolicy } from './read-network-policy.ts'
import { readService } from './read-service.ts'
import { isOperated, isWorkload, podTemplate, readWorkload } from './read-workload.ts'
import type { Service } from './service.ts'
import type { Workload } from './workload.ts'

/** How objects are read where tools differ; the defaults are what the API server does. */
export interface ModelOptions {
  /** Look at `kind` alone and not at the API group, and take OpenShift's Route for an Ingress. */
  readonly anyGroup?: boolean
  /** Namespaces whose object is not in the tree have no labels but their name, controllers add none, and the node's network is a pod's. */
  readonly closedWorld?: boolean
  readonly podOwners?: PodOwners
}

export interface KubernetesModel {
  readonly network: KubernetesNetwork
  readonly problems: readonly Problem[]
  /** Those of the problems that are not about objects of kind NetworkPolicy. */
  readonly otherProblems: readonly Problem[]
  /** The namespaces that would be there without the NetworkPolicies. */
  readonly otherNamespaces: ReadonlyMap<string, Namespace>
}

/**
 * Turns Kubernetes objects into typed facts. What it cannot use is left out with a problem; it never throws for what the objects hold.
 *
 * Of objects with equal kind, namespace and name the last one holds, as if they were applied in order, and a problem names the others.
 */
export function buildKubernetesNetwork(resources: readonly Resource[], options: ModelOptions = {}): KubernetesModel {
  const problems: Problem[] = []
  const refused = (resource: Resource, rejections: readonly Rejection[]) => {
    for (const rejection of rejections) problems.push(toProblem(resource, rejection))
  }
  const objects = lastOfEach(
    resources.filter((resource) => isKubernetesObject(resource) && !isOfPolicyKind(resource)),
    problems,
  )
  const workloads: Workload[] = []
  const pods: Resource[] = []
  const adminPolicies: AdminPolicy[] = []
  const services: Service[] = []
  const ingresses: Ingress[] = []
  const operated: Resource[] = []
  const namespaceObjects: Resource[] = []

  for (const resource of objects.values()) {
    switch (options.anyGroup === true ? role(resource, true) : factsOf(resource).role) {
      case 'workload':
        if (resource.kind === 'Pod') pods.push(resource)
        else workloads.push(workloadOf(resource, objects))
        break
      case 'namespace':
        namespaceObjects.push(resource)
        break
      case 'admin-policy': {
        const policy = remembered(ADMIN_POLICIES, resource, () => readAdminPolicy(resource))
        refused(resource, policy.rejections)
        adminPolicies.push(policy)
        break
      }
      case 'service': {
        const service = remembered(SERVICES, resource, () => readService(resource))
        refused(resource, service.rejections)
        services.push(service)
        break
      }
      case 'ingress':
        ingresses.push(remembered(INGRESSES, resource, () => readIngress(resource)))
        break
      case 'route':
        ingresses.push(readRoute(resource))
        break
      case 'operated':
        operated.push(resource)
        break
      case 'policy':
      case undefined:
        break
    }
  }
  const folded = groupPods(pods, workloads, options.podOwners ?? 'fold')
  const allWorkloads = options.closedWorld === true ? folded.map(closed) : folded
  const network = { workloads: allWorkloads, adminPolicies, services, ingresses, operated }
  const used = [allWorkloads, services, ingresses]
  const namespaces = withUnseen(readNamespaces(namespaceObjects), used, options.closedWorld)
  return withPoliciesOf(resources, network, namespaces, problems, options)
}

/**
 * As {@link buildKubernetesNetwork} for resources that differ from those of a known model in NetworkPolicies alone, without options: the
 * rest is taken over.
 */
export function withOtherPolicies(
  { network, otherProblems, otherNamespaces }: KubernetesModel,
  resources: readonly Resource[],
): KubernetesModel {
  return withPoliciesOf(resources, network, otherNamespaces, otherProblems, {})
}

function withPoliciesOf(
  resources: readonly Resource[],
  rest: Omit<KubernetesNetwork, 'policies' | 'namespaces'>,
  otherNamespaces: ReadonlyMap<string, Namespace>,
  otherProblems: readonly Problem[],
  { anyGroup = false, closedWorld = false }: ModelOptions,
): KubernetesModel {
  const problems = [...otherProblems]
  const policies: NetworkPolicy[] = []
  for (const resource of lastOfEach(resources.filter(isOfPolicyKind), problems).values()) {
    if ((anyGroup ? role(resource, true) : factsOf(resource).role) !== 'policy') continue
    const policy = remembered(POLICIES, resource, () => readNetworkPolicy(resource))
    for (const rejection of policy.rejections) problems.push(toProblem(resource, rejection))
    policies.push(policy)
  }
  const namespaces = withUnseen(otherNamespaces, [policies], closedWorld)
  const { workloads, adminPolicies, services, ingresses, operated } = rest
  return {
    network: { workloads, namespaces, policies, adminPolicies, services, ingresses, operated },
    problems,
    otherProblems,
    otherNamespaces,
  }
}

/** Of whatever group: policies of one kind are told apart from each other alone. */
function isOfPolicyKind({ kind }: Resource): boolean {
  return kind === 'NetworkPolicy'
}

/** What tells an object from others and what it is for, read once for base, head and every edit of it. */
interface ObjectFacts {
  /** Kind, namespace and name, for equal texts of one object. */
  readonly key: string
  /** False where the API server makes the name up. */
  readonly named: boolean
  readonly group: string
  readonly role: Role
}

const FACTS = new WeakMap<Resource, ObjectFacts>()

function factsOf(resource: Resource): ObjectFacts {
  return remembered(FACTS, resource, () => {
    const { namespace, name } = objectName(resource.value)
    return {
      key: objectKey(resource.kind, resource.kind === 'Namespace' ? '' : namespace, name),
      named: !isAbsent(dig(resource.value, 'metadata', 'name')) && name !== UNKNOWN_NAME,
      group: apiGroup(resource.value).group,
      role: role(resource, false),
    }
  })
}

type Role =
  | 'workload'
  | 'namespace'
  | 'policy'
  | 'admin-policy'
  | 'service'
  | 'ingress'
  | 'route'
  | 'operated'
  | undefined

function role(resource: Resource, anyGroup: boolean): Role {
  const { kind } = resource
  if (isWorkload(resource, anyGroup)) return 'workload'
  const { group } = apiGroup(resource.value)
  const isIn = (...groups: readonly string[]) => anyGroup || groups.includes(group)
  if (kind === 'Namespace' && isIn('')) return 'namespace'
  if (kind === 'NetworkPolicy' && isIn('networking.k8s.io', 'extensions')) return 'policy'
  if (ADMIN_POLICY_KINDS.has(kind) && isIn('policy.networking.k8s.io')) return 'admin-policy'
  if (kind === 'Service' && isIn('')) return 'service'
  if (kind === 'Ingress' && isIn('networking.k8s.io', 'extensions')) return 'ingress'
  if (kind === 'Route' && isIn('route.openshift.io')) return 'route'
  return isOperated(resource) ? 'operated' : undefined
}

/** What was made of a resource, so that base and head share what is the identical object in both. */
const WORKLOADS = new WeakMap<Resource, Workload>()
const POLICIES = new WeakMap<Resource, NetworkPolicy>()
const SERVICES = new WeakMap<Resource, Service>()
const INGRESSES = new WeakMap<Resource, Ingress>()
const ADMIN_POLICIES = new WeakMap<Resource, AdminPolicy>()

function remembered<T extends object>(made: WeakMap<Resource, T>, resource: Resource, make: () => T): T {
  let result = made.get(resource)
  if (result === undefined) {
    result = make()
    made.set(resource, result)
  }
  return result
}

function workloadOf(resource: Resource, objects: ReadonlyMap<string, Resource>): Workload {
  const own = podTemplate(resource)
  const template = templateOf(resource, objects)
  return template === own
    ? remembered(WORKLOADS, resource, () => readWorkload(resource))
    : readWorkload(resource, template)
}

/** A Rollout may take its template from a Deployment. Source: argo-rollouts docs/migrating.md, `workloadRef`. */
function templateOf(resource: Resource, objects: ReadonlyMap<string, Resource>): Value | undefined {
  const own = podTemplate(resource)
  const reference =
    resource.kind === 'Rollout' && own === undefined ? dig(resource.value, 'spec', 'workloadRef') : undefined
  const name = stringOf(get(reference, 'name'))
  if (name === undefined) return own
  const target = objects.get(
    objectKey(stringOf(get(reference, 'kind')) ?? 'Deployment', objectName(resource.value).namespace, name),
  )
  return target === undefined ? own : podTemplate(target)
}

function objectKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`
}

/**
 * Whether a resource can be an object of a cluster. Told by kind, so that the values of infrastructure code are not evaluated for it:
 * `azurerm_subnet` and `Microsoft.Network/virtualNetworks` are no kinds of objects, whose names are words (`NetworkPolicy`).
 */
export function isKubernetesObject({ kind, unit }: Resource): boolean {
  return !isCloudUnit(unit) || /^[A-Z][A-Za-z0-9]*$/.test(kind)
}

/** The objects that hold, by kind, namespace and name, in the order of first appearance. */
function lastOfEach(resources: readonly Resource[], problems: Problem[]): ReadonlyMap<string, Resource> {
  const objects = new Map<string, Resource>()
  let anonymous = 0
  for (const resource of resources) {
    const facts = factsOf(resource)
    const { group, named } = facts
    let { key } = facts
    if (!named) key = `${key}#${anonymous++}`
    const earlier = objects.get(key)
    if (earlier !== undefined && earlier.address !== resource.address) {
      // Two records of a Terraform root that make the same object: one of them fails to apply, and nobody says which.
      key = `${key}#${resource.address}`
    } else if (earlier !== undefined && factsOf(earlier).group === group) {
      problems.push({
        code: 'duplicate-object',
        message: `${resource.address} is defined more than once; the last definition is analysed`,
        at: earlier.origin,
      })
    } else if (earlier !== undefined) {
      key = `${key}#${group}`
    }
    objects.set(key, resource)
  }
  return objects
}

function readNamespaces(objects: readonly Resource[]): ReadonlyMap<string, Namespace> {
  const namespaces = new Map<string, Namespace>()
  for (const resource of objects) {
    const { name } = objectName(resource.value)
    const metadata = get(resource.value, 'metadata')
    const labels = readLabels(get(metadata, 'labels'))
    const known = new Map(labels.known).set(NAMESPACE_NAME_LABEL, name)
    namespaces.set(name, { name, labels: { ...labels, known, open: labels.open || isUnknown(metadata) }, resource })
  }
  return namespaces
}

/** The namespaces and those of the objects besides, of which the tree has only the name; the identical map where there are none. */
function withUnseen(
  seen: ReadonlyMap<string, Namespace>,
  lists: readonly (readonly { readonly namespace: string }[])[],
  closedWorld = false,
): ReadonlyMap<string, Namespace> {
  const unseen = new Map<string, Namespace>()
  for (const objects of lists) {
    for (const { namespace: name } of objects) {
      if (seen.has(name) || unseen.has(name)) continue
      const labels = labelsOfUnseenNamespace(name)
      const known = name === UNKNOWN_NAME ? { ...labels, known: new Map() } : { ...labels, open: !closedWorld }
      unseen.set(name, { name, labels: known, resource: undefined })
    }
  }
  return unseen.size === 0 ? seen : new Map([...seen, ...unseen])
}

const NOTHING: ReadonlySet<string> = new Set()

function closed(workload: Workload): Workload {
  const labels: Labels = { known: workload.labels.known, added: NOTHING, open: workload.labels.open }
  return { ...workload, labels, hostNetwork: toTruth(false) }
}
