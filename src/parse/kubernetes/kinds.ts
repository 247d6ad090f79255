/** The group of an `apiVersion`; empty for the core group (`v1`). */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}

/** Whether objects of this kind live outside namespaces. Kinds that nobody knows are taken for namespaced. */
export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind)
}

/**
 * How an object is named in output: `NetworkPolicy/shop/allow-web`, `Namespace/shop`. The kind carries its API group, as
 * kubectl writes it, where a kind of Kubernetes itself has the same name: `NetworkPolicy.crd.projectcalico.org/shop/x`.
 */
export function objectAddress(apiVersion: string, kind: string, namespace: string, name: string): string {
  const group = groupOf(apiVersion)
  const own = OWN_GROUPS.get(kind)
  const label = own === undefined || own.includes(group) ? kind : `${kind}.${group}`
  return isClusterScoped(kind) ? `${label}/${name}` : `${label}/${namespace}/${name}`
}

/** Whether two definitions of one object of this kind make two states: it runs pods, or decides who reaches whom. */
export function isNetworkKind(kind: string): boolean {
  return NETWORK_KINDS.has(kind)
}

/** Kinds that run pods, and the fields to their template are the model's matter. */
const WORKLOAD_KINDS = [
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
  'DeploymentConfig',
  'Rollout',
  'ScaledJob',
  'VirtualMachine',
  'VirtualMachineInstance',
  'VirtualMachinePool',
]

const NETWORK_KINDS: ReadonlySet<string> = new Set([
  ...WORKLOAD_KINDS,
  'Service',
  'Ingress',
  'Route',
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
  'StagedNetworkPolicy',
  'StagedGlobalNetworkPolicy',
  'StagedKubernetesNetworkPolicy',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
  'UDPRoute',
  'VirtualService',
  'DestinationRule',
  'ServiceEntry',
  'Sidecar',
  'AuthorizationPolicy',
  'PeerAuthentication',
])

/** API groups of kinds whose names others use too. */
const OWN_GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Service', ['']],
  ['Ingress', ['networking.k8s.io', 'extensions']],
  ['NetworkPolicy', ['networking.k8s.io', 'extensions']],
  ['Deployment', ['apps', 'extensions']],
  ['DaemonSet', ['apps', 'extensions']],
  ['ReplicaSet', ['apps', 'extensions']],
  ['StatefulSet', ['apps']],
  ['Job', ['batch']],
  ['CronJob', ['batch']],
  ['Pod', ['']],
  ['Node', ['']],
  ['Secret', ['']],
  ['ConfigMap', ['']],
  ['Namespace', ['']],
  ['Event', ['', 'events.k8s.io']],
  ['Gateway', ['gateway.networking.k8s.io']],
])

const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'APIService',
  'StorageClass',
  'VolumeAttachment',
  'VolumeSnapshotClass',
  'VolumeSnapshotContent',
  'CSIDriver',
  'CSINode',
  'IngressClass',
  'PriorityClass',
  'RuntimeClass',
  'ServiceCIDR',
  'IPAddress',
  'ClusterTrustBundle',
  'CertificateSigningRequest',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'PodSecurityPolicy',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'ClusterUserDefinedNetwork',
  'CiliumClusterwideNetworkPolicy',
  'CiliumClusterwideEnvoyConfig',
  'CiliumCIDRGroup',
  'CiliumEgressGatewayPolicy',
  'CiliumLoadBalancerIPPool',
  'CiliumL2AnnouncementPolicy',
  'CiliumBGPPeeringPolicy',
  'CiliumBGPClusterConfig',
  'CiliumBGPPeerConfig',
  'CiliumBGPAdvertisement',
  'CiliumNode',
  'CiliumIdentity',
  'GlobalNetworkPolicy',
  'StagedGlobalNetworkPolicy',
  'GlobalNetworkSet',
  'HostEndpoint',
  'Tier',
  'IPPool',
  'BGPConfiguration',
  'BGPPeer',
  'FelixConfiguration',
  'KubeControllersConfiguration',
  'GatewayClass',
  'ClusterIssuer',
  'ClusterSecretStore',
  'ClusterExternalSecret',
  'ClusterPolicy',
  'ClusterCleanupPolicy',
  'NodePool',
  'NodeClaim',
  'AKSNodeClass',
  'Installation',
])
