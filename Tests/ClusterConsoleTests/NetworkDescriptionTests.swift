import Testing

/// Descriptions of the network, as `kubectl describe` prints them.
@Suite struct NetworkDescriptionTests {
    @Test func ingress() throws {
        try expectDescription(
            of: """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: front, namespace: default, annotations: {rewrite: "true"}}
                spec:
                  ingressClassName: edge
                  defaultBackend: {resource: {apiGroup: k8s.example.com, kind: Bucket, name: static}}
                  tls:
                  - {hosts: [a.example.com, b.example.com], secretName: certificate}
                  - {hosts: [c.example.com]}
                  rules:
                  - host: a.example.com
                    http:
                      paths:
                      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                      - {path: /api, pathType: Exact, backend: {service: {name: api, port: {name: http}}}}
                  - http:
                      paths:
                      - {path: /gone, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
                status: {loadBalancer: {ingress: [{ip: 172.18.0.10}, {hostname: edge.example.com}]}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec: {ports: [{port: 80, protocol: TCP}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{name: "", port: 8080, protocol: TCP}]
                endpoints:
                - {addresses: [10.244.0.1], conditions: {ready: true}}
                - {addresses: [10.244.0.2], conditions: {ready: false}}
                - {addresses: [10.244.0.3], conditions: {}}
                - {addresses: [10.244.0.4], conditions: {ready: true}}
                - {addresses: [10.244.0.5], conditions: {ready: true}}
                - {addresses: [10.244.0.6], conditions: {ready: true}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: api, namespace: default}
                spec: {ports: [{name: http, port: 80, protocol: TCP}]}
                """,
            """
            Name:             front
            Labels:           <none>
            Namespace:        default
            Address:          172.18.0.10,edge.example.com
            Ingress Class:    edge
            Default backend:  APIGroup: k8s.example.com, Kind: Bucket, Name: static
            TLS:
              certificate terminates a.example.com,b.example.com
              SNI routes c.example.com
            Rules:
              Host           Path  Backends
              ----           ----  --------
              a.example.com
                             /      web:80 (10.244.0.1:8080,10.244.0.3:8080,10.244.0.4:8080 + 2 more...)
                             /api   api:http (<none>)
              *
                             /gone   gone:80 (<error: services "gone" not found>)
            Annotations:     rewrite: true
            Events:          <none>
            """)
    }

    @Test func emptyIngress() throws {
        try expectDescription(
            of: """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: all, namespace: default}
                spec:
                  defaultBackend: {service: {name: api, port: {number: 80}}}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: api-1, namespace: default, labels: {kubernetes.io/service-name: api}}
                addressType: IPv6
                ports: [{name: http, port: 8080, protocol: TCP}]
                endpoints:
                - {addresses: ["fd00::1"], conditions: {ready: true}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: api, namespace: default}
                spec: {ports: [{name: http, port: 80, protocol: TCP}]}
                """,
            """
            Name:             all
            Labels:           <none>
            Namespace:        default
            Address:
            Ingress Class:    <none>
            Default backend:  api:80 ([fd00::1]:8080)
            Rules:
              Host        Path  Backends
              ----        ----  --------
              *           *     api:80 ([fd00::1]:8080)
            Annotations:  <none>
            Events:       <none>
            """)
    }

    @Test func ingressClass() throws {
        try expectDescription(
            of: """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: edge, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
                spec: {controller: example.com/edge, parameters: {apiGroup: k8s.example.com, kind: EdgeParameters,
                  name: outer, scope: Cluster}}
                """,
            """
            Name:         edge
            Labels:       <none>
            Annotations:  ingressclass.kubernetes.io/is-default-class: true
            Controller:   example.com/edge
            Parameters:
              APIGroup:  k8s.example.com
              Kind:      EdgeParameters
              Name:      outer
            Events:      <none>
            """)
    }

    @Test func networkPolicy() throws {
        try expectDescription(
            of: """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: fence, namespace: default, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec:
                  podSelector: {matchLabels: {app: db}}
                  policyTypes: [Ingress, Egress]
                  ingress:
                  - ports: [{port: 5432, protocol: TCP}, {port: 8000, endPort: 8010}, {protocol: UDP, port: dns}]
                    from:
                    - podSelector: {matchLabels: {app: web}}
                      namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [a, b]}]}
                    - namespaceSelector: {}
                    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}
                  - {}
                  egress:
                  - to: [{podSelector: {matchLabels: {app: log}}}]
                """,
            """
            Name:         fence
            Namespace:    default
            Created on:   2026-01-01 00:00:05 +0000 UTC
            Labels:       <none>
            Annotations:  <none>
            Spec:
              PodSelector:     app=db
              Allowing ingress traffic:
                To Port: 5432/TCP
                To Port Range: 8000-8010/TCP
                To Port: dns/UDP
                From:
                  NamespaceSelector: team in (a,b)
                  PodSelector: app=web
                From:
                  NamespaceSelector: <none>
                From:
                  IPBlock:
                    CIDR: 10.0.0.0/8
                    Except: 10.1.0.0/16, 10.2.0.0/16
                ----------
                To Port: <any> (traffic allowed to all ports)
                From: <any> (traffic not restricted by source)
              Allowing egress traffic:
                To Port: <any> (traffic allowed to all ports)
                To:
                  PodSelector: app=log
              Policy Types: Ingress, Egress
            """)
    }

    @Test func denyingNetworkPolicy() throws {
        try expectDescription(
            of: """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: deny, namespace: default, creationTimestamp: "2026-01-01T00:00:05Z"}
                spec: {podSelector: {}, policyTypes: [Ingress]}
                """,
            """
            Name:         deny
            Namespace:    default
            Created on:   2026-01-01 00:00:05 +0000 UTC
            Labels:       <none>
            Annotations:  <none>
            Spec:
              PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)
              Allowing ingress traffic:
                <none> (Selected pods are isolated for ingress connectivity)
              Not affecting egress traffic
              Policy Types: Ingress
            """)
    }

    @Test func endpoints() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Endpoints
                metadata: {name: web, namespace: default, labels: {app: web}}
                subsets:
                - addresses: [{ip: 10.244.0.1}, {ip: 10.244.0.2}]
                  notReadyAddresses: [{ip: 10.244.0.3}]
                  ports: [{name: http, port: 8080, protocol: TCP}, {port: 53, protocol: UDP}]
                - addresses: [{ip: 10.244.0.9}]
                """,
            """
            Name:         web
            Namespace:    default
            Labels:       app=web
            Annotations:  <none>
            Subsets:
              Addresses:          10.244.0.1,10.244.0.2
              NotReadyAddresses:  10.244.0.3
              Ports:
                Name     Port  Protocol
                ----     ----  --------
                http     8080  TCP
                <unset>  53    UDP

              Addresses:          10.244.0.9
              NotReadyAddresses:  <none>

            Events:  <none>
            """)
    }

    @Test func serviceCIDR() throws {
        try expectDescription(
            of: """
                apiVersion: networking.k8s.io/v1
                kind: ServiceCIDR
                metadata: {name: kubernetes}
                spec: {cidrs: [10.96.0.0/16, "fd00:10:96::/112"]}
                status: {conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:00:05Z",
                  reason: "", message: Kubernetes Service CIDR is ready}]}
                """,
            """
            Name:         kubernetes
            Labels:       <none>
            Annotations:  <none>
            CIDRs:        10.96.0.0/16, fd00:10:96::/112
            Status:
            Conditions:
              Type   Status  LastTransitionTime               Reason  Message
              ----   ------  ------------------               ------  -------
              Ready  True    Thu, 01 Jan 2026 00:00:05 +0000          Kubernetes Service CIDR is ready
            Events:  <none>
            """)
    }

    @Test func ipAddress() throws {
        try expectDescription(
            of: """
                apiVersion: networking.k8s.io/v1
                kind: IPAddress
                metadata: {name: 10.96.0.1, labels: {ipaddress.kubernetes.io/ip-family: IPv4,
                  ipaddress.kubernetes.io/managed-by: ipallocator.k8s.io}}
                spec: {parentRef: {group: "", resource: services, namespace: default, name: kubernetes}}
                """,
            """
            Name:         10.96.0.1
            Labels:       ipaddress.kubernetes.io/ip-family=IPv4
                          ipaddress.kubernetes.io/managed-by=ipallocator.k8s.io
            Annotations:  <none>
            Parent Reference:
              Group:
              Resource:   services
              Namespace:  default
              Name:       kubernetes
            Events:       <none>
            """)
    }
}
