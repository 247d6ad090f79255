import { type ConnectionSet, hasPort } from '../../algebra/connections.ts'

/** Ports that are no business of strangers. Source: IANA service names and port numbers; defaults of the products. */
const SENSITIVE: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [1433, 'SQL Server'],
  [1521, 'Oracle'],
  [2375, 'Docker'],
  [2379, 'etcd'],
  [2380, 'etcd'],
  [3306, 'MySQL'],
  [3389, 'remote desktop'],
  [5432, 'PostgreSQL'],
  [5601, 'Kibana'],
  [5672, 'RabbitMQ'],
  [5984, 'CouchDB'],
  [6379, 'Redis'],
  [8500, 'Consul'],
  [9042, 'Cassandra'],
  [9090, 'Prometheus'],
  [9092, 'Kafka'],
  [9200, 'Elasticsearch'],
  [9300, 'Elasticsearch'],
  [10250, 'the kubelet'],
  [11211, 'memcached'],
  [15672, 'the RabbitMQ console'],
  [27017, 'MongoDB'],
])

/** What listens on the first port of the set that strangers should not reach: `PostgreSQL (TCP 5432)`. */
export function sensitivePort(
  connections: ConnectionSet,
): { readonly port: number; readonly words: string } | undefined {
  for (const [port, name] of SENSITIVE) {
    if (hasPort(connections, 'TCP', port)) return { port, words: `${name} (TCP ${port})` }
  }
  return undefined
}

/** True for a name of a program that is made for administrators: a dashboard, a metrics or database console. */
export function isAdminName(name: string): boolean {
  return /(?:^|[-_.])(?:dashboard|grafana|prometheus|alertmanager|kibana|adminer|phpmyadmin|pgadmin|argocd-server|jaeger|rabbitmq|redis-commander|mongo-express|portainer|vault|consul|admin)(?:$|[-_.])/i.test(
    name,
  )
}
