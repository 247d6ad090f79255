import type {
  AdminPods,
  AdminPolicy,
  AdminPolicyRule,
  Ingress,
  Labels,
  Pod,
  Policy,
  PolicyPeer,
  PolicyRule,
  Service,
} from './cluster-state.ts'
import type { State } from './state.ts'

const PREFIX = 'service.beta.kubernetes.io/'

/** The state's Kubernetes objects as YAML (in the flow style that JSON is part of). */
export function writeKubernetes({ namespaces, pods, policies, adminPolicies, services, ingresses }: State): string {
  const objects: readonly object[] = [
    ...namespaces.map(({ name, labels }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })),
    ...pods.map(toPod),
    ...services.map(toService),
    ...ingresses.map((ingress) => toIngress(ingress, services)),
    ...policies.map(toPolicy),
    ...adminPolicies.map(toAdminPolicy),
  ]
  return objects.map((object) => `${JSON.stringify(object, null, 1)}\n`).join('---\n')
}

function toPod({ namespace, name, labels, hostNetwork, pool, port, portNames }: Pod): object {
  const [named] = Object.keys(portNames ?? {})
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      ...(hostNetwork && { hostNetwork }),
      ...(pool !== undefined && { nodeSelector: { 'kubernetes.azure.com/agentpool': pool } }),
      containers: [
        {
          name: 'main',
          image: 'example/app:1',
          ports: [{ ...(named !== undefined && { name: named }), containerPort: port }],
        },
      ],
    },
  }
}

function toService(service: Service): object {
  return {
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
      ...(service.kind !== 'cluster' && { type: 'LoadBalancer' }),
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
  }
}

function toIngress({ namespace, name, service, tls, usesPrivate }: Ingress, services: readonly Service[]): object {
  const host = `${name}.example`
  const { port } = services.find((one) => one.namespace === namespace && one.name === service)!
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace,
      annotations: usesPrivate ? { 'appgw.ingress.kubernetes.io/use-private-ip': 'true' } : {},
    },
    spec: {
      ingressClassName: 'azure-application-gateway',
      ...(tls && { tls: [{ hosts: [host], secretName: `${name}-tls` }] }),
      rules: [
        {
          host,
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: service, port: { number: port } } } }],
          },
        },
      ],
    },
  }
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

function toAdminPolicy({ tier, priority, subject, ingress, egress }: AdminPolicy): object {
  const isBaseline = tier === 'Baseline'
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: isBaseline ? 'BaselineAdminNetworkPolicy' : 'AdminNetworkPolicy',
    metadata: { name: isBaseline ? 'default' : `admin${priority}` },
    spec: {
      ...(!isBaseline && { priority }),
      subject: toAdminPods(subject),
      ...(ingress.length > 0 && { ingress: ingress.map((rule) => toAdminRule(rule, 'from')) }),
      ...(egress.length > 0 && { egress: egress.map((rule) => toAdminRule(rule, 'to')) }),
    },
  }
}

function toAdminRule({ action, peers, ports }: AdminPolicyRule, field: 'from' | 'to'): object {
  return {
    action,
    [field]: peers.map(toAdminPods),
    ...(ports.length > 0 && {
      ports: ports.map(({ protocol, first, last }) =>
        first === last
          ? { portNumber: { protocol, port: first } }
          : { portRange: { protocol, start: first, end: last } },
      ),
    }),
  }
}

function toAdminPods({ namespaces, pods }: AdminPods): object {
  if (pods === undefined) return { namespaces: toSelector(namespaces) }
  return { pods: { namespaceSelector: toSelector(namespaces), podSelector: toSelector(pods) } }
}
