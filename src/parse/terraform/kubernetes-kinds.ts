/** Kinds by their name in the provider, without version: group with the newest stable version, and kind. */
const KINDS: readonly (readonly [name: string, apiVersion: string, kind: string])[] = [
  ['pod', 'v1', 'Pod'],
  ['service', 'v1', 'Service'],
  ['namespace', 'v1', 'Namespace'],
  ['endpoints', 'v1', 'Endpoints'],
  ['endpoint_slice', 'discovery.k8s.io/v1', 'EndpointSlice'],
  ['service_account', 'v1', 'ServiceAccount'],
  ['secret', 'v1', 'Secret'],
  ['config_map', 'v1', 'ConfigMap'],
  ['limit_range', 'v1', 'LimitRange'],
  ['resource_quota', 'v1', 'ResourceQuota'],
  ['persistent_volume', 'v1', 'PersistentVolume'],
  ['persistent_volume_claim', 'v1', 'PersistentVolumeClaim'],
  ['replication_controller', 'v1', 'ReplicationController'],
  ['deployment', 'apps/v1', 'Deployment'],
  ['daemonset', 'apps/v1', 'DaemonSet'],
  ['daemon_set', 'apps/v1', 'DaemonSet'],
  ['stateful_set', 'apps/v1', 'StatefulSet'],
  ['job', 'batch/v1', 'Job'],
  ['cron_job', 'batch/v1', 'CronJob'],
  ['network_policy', 'networking.k8s.io/v1', 'NetworkPolicy'],
  ['ingress', 'networking.k8s.io/v1', 'Ingress'],
  ['ingress_class', 'networking.k8s.io/v1', 'IngressClass'],
  ['role', 'rbac.authorization.k8s.io/v1', 'Role'],
  ['role_binding', 'rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['cluster_role', 'rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['cluster_role_binding', 'rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['horizontal_pod_autoscaler', 'autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['pod_disruption_budget', 'policy/v1', 'PodDisruptionBudget'],
  ['pod_security_policy', 'policy/v1beta1', 'PodSecurityPolicy'],
  ['priority_class', 'scheduling.k8s.io/v1', 'PriorityClass'],
  ['storage_class', 'storage.k8s.io/v1', 'StorageClass'],
  ['mutating_webhook_configuration', 'admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['validating_webhook_configuration', 'admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
]

/** The object behind a resource type of the kubernetes provider: `kubernetes_service`, `kubernetes_service_v1`. */
export const KUBERNETES_KINDS: ReadonlyMap<string, { readonly apiVersion: string; readonly kind: string }> = new Map(
  KINDS.flatMap(([name, apiVersion, kind]) => {
    const versions = ['', '_v1', '_v1beta1', '_v2', '_v2beta2']
    return versions.map(
      (version) =>
        [`kubernetes_${name}${version}`, { apiVersion: withVersion(name, version, apiVersion), kind }] as const,
    )
  }),
)

function withVersion(name: string, version: string, newest: string): string {
  // The unversioned ingress still speaks of `serviceName` and `servicePort`.
  if (name === 'ingress' && version === '') return 'networking.k8s.io/v1beta1'
  const wanted = version.slice(1)
  return wanted === '' || newest.endsWith(`/${wanted}`) || newest === wanted
    ? newest
    : newest.replace(/\/[^/]*$/, `/${wanted}`)
}
