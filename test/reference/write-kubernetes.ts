import type { Labels, Policy, PolicyPeer, PolicyRule, State } from './state.ts'

const PREFIX = 'service.beta.kubernetes.io/'

/** The state's Kubernetes objects as YAML (in the flow style that JSON is part of). */
export function writeKubernetes({ namespaces, pods, policies, services }: State): string {
  const objects: readonly object[] = [
    ...namespaces.map(({ name, labels }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })),
    ...pods.map(({ namespace, name, labels, hostNetwork, pool, port }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: {
        ...(hostNetwork && { hostNetwork }),
        ...(pool !== undefined && { nodeSelector: { 'kubernetes.azure.com/agentpool': pool } }),
        containers: [{ name: 'main', image: 'example/app:1', ports: [{ containerPort: port }] }],
      },
    })),
    ...services.map((service) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: service.name,
        namespace: service.namespace,
        annotations: {
          ...(service.kind === 'internal' && {
            [`${PREFIX}azure-load-balancer-internal`]: 'true',
            [`${PREFIX}azure-load-balancer-ipv4`]: service.address,
          }),
          ...(service.allowedRanges.length > 0 && {
            [`${PREFIX}azure-allowed-ip-ranges`]: service.allowedRanges.join(','),
          }),
          ...(service.denyOthers && { [`${PREFIX}azure-deny-all-except-load-balancer-source-ranges`]: 'true' }),
          ...(service.nodePort !== undefined && { [`${PREFIX}azure-disable-load-balancer-floating-ip`]: 'true' }),
        },
      },
      spec: {
        type: 'LoadBalancer',
        selector: service.selector,
        ports: [
          {
            port: service.port,
            targetPort: service.port,
            ...(service.nodePort !== undefined && { nodePort: service.nodePort }),
          },
        ],
        ...(service.sourceRanges.length > 0 && { loadBalancerSourceRanges: service.sourceRanges }),
        ...(service.local && { externalTrafficPolicy: 'Local' }),
      },
    })),
    ...policies.map(toPolicy),
  ]
  return objects.map((object) => `${JSON.stringify(object, null, 1)}\n`).join('---\n')
}

function toPolicy({ namespace, name, selector, types, ingress, egress }: Policy): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: {
      podSelector: toSelector(selector),
      policyTypes: types,
      ...(ingress.length > 0 && { ingress: ingress.map((rule) => toRule(rule, 'from')) }),
      ...(egress.length > 0 && { egress: egress.map((rule) => toRule(rule, 'to')) }),
    },
  }
}

function toRule({ peers, ports }: PolicyRule, field: 'from' | 'to'): object {
  return {
    ...(peers.length > 0 && { [field]: peers.map(toPeer) }),
    ...(ports.length > 0 && { ports }),
  }
}

function toPeer(peer: PolicyPeer): object {
  if ('cidr' in peer) return { ipBlock: { cidr: peer.cidr, ...(peer.except.length > 0 && { except: peer.except }) } }
  return {
    ...(peer.pods !== undefined && { podSelector: toSelector(peer.pods) }),
    ...(peer.namespaces !== undefined && { namespaceSelector: toSelector(peer.namespaces) }),
  }
}

function toSelector(labels: Labels): object {
  return Object.keys(labels).length === 0 ? {} : { matchLabels: labels }
}
