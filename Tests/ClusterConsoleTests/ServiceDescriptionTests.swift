import Testing

/// Descriptions of services and their endpoints, as `kubectl describe` prints them.
@Suite struct ServiceDescriptionTests {
    @Test func service() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec: {type: LoadBalancer, clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9], ipFamilies: [IPv4],
                  ipFamilyPolicy: SingleStack, selector: {app: web}, ports: [{name: http, port: 80, protocol: TCP,
                  targetPort: web, nodePort: 30080, appProtocol: http}, {name: dns, port: 53, protocol: UDP,
                  targetPort: 53}], sessionAffinity: None, externalTrafficPolicy: Cluster,
                  internalTrafficPolicy: Cluster, trafficDistribution: PreferClose}
                status: {loadBalancer: {ingress: [{ip: 1.2.3.4, ipMode: VIP}]}}
                """,
            """
            Name:                     web
            Namespace:                default
            Labels:                   <none>
            Annotations:              <none>
            Selector:                 app=web
            Type:                     LoadBalancer
            IP Family Policy:         SingleStack
            IP Families:              IPv4
            IP:                       10.96.0.9
            IPs:                      10.96.0.9
            LoadBalancer Ingress:     1.2.3.4 (VIP)
            Port:                     http  80/TCP
            TargetPort:               web/TCP
            AppProtocol:              http
            NodePort:                 http  30080/TCP
            Endpoints:                <none>
            Port:                     dns  53/UDP
            TargetPort:               53/UDP
            Endpoints:                <none>
            Session Affinity:         None
            External Traffic Policy:  Cluster
            Internal Traffic Policy:  Cluster
            Traffic Distribution:     PreferClose
            Events:                   <none>
            """)
    }

    @Test func externalService() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: Service
                metadata: {name: ext, namespace: default}
                spec: {type: ExternalName, externalName: example.com, sessionAffinity: None}
                """,
            """
            Name:              ext
            Namespace:         default
            Labels:            <none>
            Annotations:       <none>
            Selector:          <none>
            Type:              ExternalName
            IP Families:       <none>
            IP:
            IPs:               <none>
            External Name:     example.com
            Session Affinity:  None
            Events:            <none>
            """)
    }

    @Test func endpointSlice() throws {
        try expectDescription(
            of: """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: default}
                addressType: IPv4
                ports: [{name: "", port: 8080, protocol: TCP}]
                endpoints:
                - {addresses: [10.244.0.1], conditions: {ready: true, serving: true, terminating: false},
                    nodeName: node-1, zone: a, targetRef: {kind: Pod, name: web-0}}
                """,
            """
            Name:         web-1
            Namespace:    default
            Labels:       <none>
            Annotations:  <none>
            AddressType:  IPv4
            Ports:
              Name     Port  Protocol
              ----     ----  --------
              <unset>  8080  TCP
            Endpoints:
              - Addresses:  10.244.0.1
                Conditions:
                  Ready:    true
                Hostname:   <unset>
                TargetRef:  Pod/web-0
                NodeName:   node-1
                Zone:       a
            Events:         <none>
            """)
    }

    @Test func emptyEndpointSlice() throws {
        try expectDescription(
            of: """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: default}
                addressType: IPv4
                ports: []
                endpoints: []
                """,
            """
            Name:         web-1
            Namespace:    default
            Labels:       <none>
            Annotations:  <none>
            AddressType:  IPv4
            Ports: <unset>
            Endpoints: <none>
            Events:  <none>
            """)
    }
}
