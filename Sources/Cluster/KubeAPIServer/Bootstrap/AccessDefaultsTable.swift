/// The default roles and bindings; `AccessDefaults` says how to read them.
enum AccessDefaultsTable {
    /// Follows kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
    static let clusterRoles = """
        role cluster-admin
          * on * in *
          * at *
        role system:discovery
          get at /livez /readyz /healthz /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*
        role system:monitoring
          get at /metrics /metrics/slis /livez /readyz /healthz /livez/* /readyz/* /healthz/* /flagz /statusz
          get on nodes/metrics in core
        role system:basic-user
          create on selfsubjectaccessreviews selfsubjectrulesreviews in authorization.k8s.io
          create on selfsubjectreviews in authentication.k8s.io
        role system:public-info-viewer
          get at /livez /readyz /healthz /version /version/
        role admin aggregates aggregate-to-admin
        role edit labels aggregate-to-admin aggregates aggregate-to-edit
        role view labels aggregate-to-edit aggregates aggregate-to-view
        role system:aggregate-to-admin labels aggregate-to-admin
          create on localsubjectaccessreviews in authorization.k8s.io
          readwrite on roles rolebindings in rbac.authorization.k8s.io
        role system:aggregate-to-edit labels aggregate-to-edit
          read on pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy in core
          impersonate on serviceaccounts in core
          write on pods pods/attach pods/proxy pods/exec pods/portforward in core
          create on pods/eviction in core
          write on replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy \
        persistentvolumeclaims configmaps secrets in core
          create on serviceaccounts/token in core
          write on events in core events.k8s.io
          write on statefulsets statefulsets/scale daemonsets deployments deployments/scale deployments/rollback \
        replicasets replicasets/scale in apps
          write on horizontalpodautoscalers in autoscaling
          write on jobs cronjobs in batch
          write on daemonsets deployments deployments/scale deployments/rollback ingresses replicasets \
        replicasets/scale replicationcontrollers/scale networkpolicies in extensions
          write on poddisruptionbudgets in policy
          write on networkpolicies ingresses in networking.k8s.io
          readwrite on leases in coordination.k8s.io
          write on resourceclaims resourceclaimtemplates in resource.k8s.io
        role system:aggregate-to-view labels aggregate-to-view
          read on pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status \
        endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps in core
          read on limitranges resourcequotas bindings pods/status resourcequotas/status namespaces/status \
        replicationcontrollers/status pods/log in core
          read on namespaces in core
          read on events in core events.k8s.io
          read on endpointslices in discovery.k8s.io
          read on controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets \
        daemonsets/status deployments deployments/status deployments/scale replicasets replicasets/status \
        replicasets/scale in apps
          read on horizontalpodautoscalers horizontalpodautoscalers/status in autoscaling
          read on jobs cronjobs cronjobs/status jobs/status in batch
          read on daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses \
        ingresses/status replicasets replicasets/scale replicasets/status replicationcontrollers/scale networkpolicies \
        in extensions
          read on poddisruptionbudgets poddisruptionbudgets/status in policy
          read on networkpolicies ingresses ingresses/status in networking.k8s.io
          read on resourceclaims resourceclaims/status resourceclaimtemplates in resource.k8s.io
        role system:heapster
          read on events pods nodes namespaces in core
          read on deployments in extensions
        role system:node
          create on tokenreviews in authentication.k8s.io
          create on subjectaccessreviews localsubjectaccessreviews in authorization.k8s.io
          read on services in core
          create get list watch on nodes in core
          update patch on nodes/status in core
          update patch on nodes in core
          create update patch on events in core events.k8s.io
          read on pods in core
          create delete on pods in core
          update patch on pods/status in core
          create on pods/eviction in core
          get list watch on secrets configmaps in core
          get on persistentvolumeclaims persistentvolumes in core
          get on endpoints in core
          create get list watch on certificatesigningrequests in certificates.k8s.io
          get create update patch delete on leases in coordination.k8s.io
          get on volumeattachments in storage.k8s.io
          create on serviceaccounts/token in core
          get update patch on persistentvolumeclaims/status in core
          get watch list on csidrivers in storage.k8s.io
          get create update patch delete on csinodes in storage.k8s.io
          get list watch on runtimeclasses in node.k8s.io
          get on resourceclaims in resource.k8s.io
          deletecollection on resourceslices in resource.k8s.io
          get on serviceaccounts in core
        role system:node-problem-detector
          get on nodes in core
          patch on nodes/status in core
          create update patch on events in core events.k8s.io
        role system:kubelet-api-admin
          get list watch on nodes in core
          proxy on nodes in core
          * on nodes/proxy nodes/metrics nodes/stats nodes/log in core
          * on nodes/pods nodes/healthz nodes/configz in core
        role system:node-bootstrapper
          create get list watch on certificatesigningrequests in certificates.k8s.io
        role system:auth-delegator
          create on tokenreviews in authentication.k8s.io
          create on subjectaccessreviews in authorization.k8s.io
        role system:kube-aggregator
          read on services endpoints in core
        role system:kube-controller-manager
          create update patch on events in core events.k8s.io
          create on leases in coordination.k8s.io
          get update on leases in coordination.k8s.io named kube-controller-manager
          create on secrets serviceaccounts in core
          delete on secrets in core
          get on namespaces secrets serviceaccounts configmaps in core
          update on secrets serviceaccounts in core
          create on tokenreviews in authentication.k8s.io
          create on subjectaccessreviews in authorization.k8s.io
          list watch on * in *
          create on serviceaccounts/token in core
        role system:kube-dns
          list watch on endpoints services in core
        role system:persistent-volume-provisioner
          get list watch create delete on persistentvolumes in core
          get list watch update on persistentvolumeclaims in core
          read on storageclasses in storage.k8s.io
          watch on events in core
          create update patch on events in core events.k8s.io
        role system:certificates.k8s.io:certificatesigningrequests:nodeclient
          create on certificatesigningrequests/nodeclient in certificates.k8s.io
        role system:certificates.k8s.io:certificatesigningrequests:selfnodeclient
          create on certificatesigningrequests/selfnodeclient in certificates.k8s.io
        role system:volume-scheduler
          readupdate on persistentvolumes in core
          read on storageclasses in storage.k8s.io
          readupdate on persistentvolumeclaims in core
        role system:certificates.k8s.io:legacy-unknown-approver
          approve on signers in certificates.k8s.io named kubernetes.io/legacy-unknown
        role system:certificates.k8s.io:kubelet-serving-approver
          approve on signers in certificates.k8s.io named kubernetes.io/kubelet-serving
        role system:certificates.k8s.io:kube-apiserver-client-approver
          approve on signers in certificates.k8s.io named kubernetes.io/kube-apiserver-client
        role system:certificates.k8s.io:kube-apiserver-client-kubelet-approver
          approve on signers in certificates.k8s.io named kubernetes.io/kube-apiserver-client-kubelet
        role system:service-account-issuer-discovery
          get at /.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/
        role system:node-proxier
          list watch on services endpoints in core
          get list watch on nodes in core
          create update patch on events in core events.k8s.io
          list watch on servicecidrs in networking.k8s.io
          list watch on endpointslices in discovery.k8s.io
        role system:kube-scheduler
          create update patch on events in core events.k8s.io
          create on leases in coordination.k8s.io
          get update list watch on leases in coordination.k8s.io named kube-scheduler
          readwrite on leasecandidates in coordination.k8s.io
          read on nodes in core
          get list watch delete on pods in core
          create on pods/binding bindings in core
          patch update on pods/status in core
          read on services replicationcontrollers in core
          read on replicasets in apps extensions
          read on statefulsets in apps
          read on poddisruptionbudgets in policy
          read on persistentvolumeclaims persistentvolumes in core
          create on tokenreviews in authentication.k8s.io
          create on subjectaccessreviews in authorization.k8s.io
          read on csinodes in storage.k8s.io
          read on volumeattachments in storage.k8s.io
          read on namespaces in core
          read on csidrivers in storage.k8s.io
          read on csistoragecapacities in storage.k8s.io
          read on deviceclasses in resource.k8s.io
          readupdate on resourceclaims in resource.k8s.io
          readupdate on resourceclaims/status in resource.k8s.io
          update on pods/finalizers in core
          read on resourceslices in resource.k8s.io
          create delete on resourceclaims in resource.k8s.io
          update patch on resourceclaims/binding in resource.k8s.io
        bind cluster-admin to group:system:masters
        bind system:monitoring to group:system:monitoring
        bind system:discovery to group:system:authenticated
        bind system:basic-user to group:system:authenticated
        bind system:public-info-viewer to group:system:authenticated group:system:unauthenticated
        bind system:node-proxier to user:system:kube-proxy
        bind system:kube-controller-manager to user:system:kube-controller-manager
        bind system:kube-dns to account:kube-system/kube-dns
        bind system:kube-scheduler to user:system:kube-scheduler
        bind system:volume-scheduler to user:system:kube-scheduler
        bind system:node
        bind system:service-account-issuer-discovery to group:system:serviceaccounts
        """

    /// Follows kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go.
    static let controllerRoles = """
        role system:controller:attachdetach-controller
          list watch on persistentvolumes persistentvolumeclaims in core
          get list watch on nodes in core
          patch update on nodes/status in core
          list watch on pods in core
          create update patch on events in core events.k8s.io
          get create delete list watch on volumeattachments in storage.k8s.io
          get watch list on csidrivers in storage.k8s.io
          get watch list on csinodes in storage.k8s.io
        role system:controller:clusterrole-aggregation-controller
          escalate get list watch update patch on clusterroles in rbac.authorization.k8s.io
        role system:controller:cronjob-controller
          get list watch update on cronjobs in batch
          get list watch create update delete patch on jobs in batch
          update on cronjobs/status in batch
          update on cronjobs/finalizers in batch
          list watch delete on pods in core
          create update patch on events in core events.k8s.io
        role system:controller:daemon-set-controller
          get list watch on daemonsets in extensions apps
          update on daemonsets/status in extensions apps
          update on daemonsets/finalizers in extensions apps
          list watch on nodes in core
          list watch create delete patch on pods in core
          create on pods/binding in core
          get list watch create delete update patch on controllerrevisions in apps
          create update patch on events in core events.k8s.io
        role system:controller:deployment-controller
          get list watch update on deployments in extensions apps
          update on deployments/status in extensions apps
          update on deployments/finalizers in extensions apps
          get list watch create update patch delete on replicasets in apps extensions
          get list watch update on pods in core
          create update patch on events in core events.k8s.io
        role system:controller:device-taint-eviction-controller
          get list watch delete on pods in core
          update patch on pods/status in core
          get list watch on resourceclaims in resource.k8s.io
          get list watch on resourceslices in resource.k8s.io
          get list watch on deviceclasses in resource.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:disruption-controller
          get list watch on deployments in extensions apps
          get list watch on replicasets in apps extensions
          get list watch on replicationcontrollers in core
          get list watch on poddisruptionbudgets in policy
          get list watch on statefulsets in apps
          update on poddisruptionbudgets/status in policy
          patch update on pods/status in core
          get on */scale in *
          create update patch on events in core events.k8s.io
        role system:controller:endpoint-controller
          get list watch on services pods in core
          get list watch create update delete on endpoints in core
          create on endpoints/restricted in core
          create update patch on events in core events.k8s.io
        role system:controller:endpointslice-controller
          get list watch on services pods nodes in core
          update on services/finalizers in core
          get list watch create update delete on endpointslices in discovery.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:endpointslicemirroring-controller
          get list watch on services endpoints in core
          update on services/finalizers in core
          update on endpoints/finalizers in core
          get list watch create update delete on endpointslices in discovery.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:expand-controller
          get list watch update patch on persistentvolumes in core
          update patch on persistentvolumeclaims/status in core
          get list watch on persistentvolumeclaims in core
          create update patch on events in core events.k8s.io
        role system:controller:ephemeral-volume-controller
          get list watch on pods in core
          update on pods/finalizers in core
          get list watch create on persistentvolumeclaims in core
          create update patch on events in core events.k8s.io
        role system:controller:resource-claim-controller
          get list watch on pods in core
          update on pods/finalizers in core
          get list watch create delete on resourceclaims in resource.k8s.io
          update patch on resourceclaims resourceclaims/status in resource.k8s.io
          update patch on pods/status in core
          create update patch on events in core events.k8s.io
          update patch on resourceclaims/binding in resource.k8s.io
        role system:controller:generic-garbage-collector
          get list watch patch update delete on * in *
          create update patch on events in core events.k8s.io
        role system:controller:horizontal-pod-autoscaler
          get list watch on horizontalpodautoscalers in autoscaling
          update on horizontalpodautoscalers/status in autoscaling
          get update on */scale in *
          list watch on pods in core
          list watch on pods in metrics.k8s.io
          get list watch on * in custom.metrics.k8s.io
          get list watch on * in external.metrics.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:job-controller
          get list watch update patch on jobs in batch
          update on jobs/status in batch
          update on jobs/finalizers in batch
          list watch create delete patch on pods in core
          create update patch on events in core events.k8s.io
        role system:controller:namespace-controller
          get list watch delete on namespaces in core
          update on namespaces/finalize namespaces/status in core
          get list watch delete deletecollection on * in *
        role system:controller:node-controller
          get list watch update delete patch on nodes in core
          patch update on nodes/status in core
          patch update on pods/status in core
          list watch get delete on pods in core
          create update patch on events in core events.k8s.io
        role system:controller:persistent-volume-binder
          get list watch update create delete on persistentvolumes in core
          update on persistentvolumes/status in core
          get list watch update on persistentvolumeclaims in core
          update on persistentvolumeclaims/status in core
          list watch get create delete on pods in core
          get list watch on storageclasses in storage.k8s.io
          list watch on nodes in core
          create update patch on events in core events.k8s.io
          watch on events in core
        role system:controller:pod-garbage-collector
          list watch delete on pods in core
          get list watch on nodes in core
          patch on pods/status in core
        role system:controller:replicaset-controller
          get list watch update on replicasets in apps extensions
          update on replicasets/status in apps extensions
          update on replicasets/finalizers in apps extensions
          list watch patch create delete on pods in core
          create update patch on events in core events.k8s.io
        role system:controller:replication-controller
          get list watch update on replicationcontrollers in core
          update on replicationcontrollers/status in core
          update on replicationcontrollers/finalizers in core
          list watch patch create delete on pods in core
          create update patch on events in core events.k8s.io
        role system:controller:resourcequota-controller
          list watch on * in *
          update on resourcequotas/status in core
          create update patch on events in core events.k8s.io
        role system:controller:route-controller
          list watch on nodes in core
          patch on nodes/status in core
          create update patch on events in core events.k8s.io
        role system:controller:service-account-controller
          create on serviceaccounts in core
          create update patch on events in core events.k8s.io
        role system:controller:service-controller
          get list watch on services in core
          patch update on services/status in core
          list watch on nodes in core
          create update patch on events in core events.k8s.io
        role system:controller:service-cidrs-controller
          get list watch patch update on servicecidrs in networking.k8s.io
          patch update on servicecidrs/finalizers in networking.k8s.io
          patch update on servicecidrs/status in networking.k8s.io
          get list watch on ipaddresses in networking.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:statefulset-controller
          list watch on pods in core
          get list watch on statefulsets in apps
          update on statefulsets/status in apps
          update on statefulsets/finalizers in apps
          get create delete update patch on pods in core
          get create delete update patch list watch on controllerrevisions in apps
          get create list watch on persistentvolumeclaims in core
          update delete on persistentvolumeclaims in core
          update on pods/finalizers in core
          create update patch on events in core events.k8s.io
        role system:controller:ttl-controller
          update patch list watch on nodes in core
          create update patch on events in core events.k8s.io
        role system:controller:certificate-controller
          get list watch delete on certificatesigningrequests in certificates.k8s.io
          update on certificatesigningrequests/status certificatesigningrequests/approval in certificates.k8s.io
          approve on signers in certificates.k8s.io named kubernetes.io/kube-apiserver-client-kubelet
          sign on signers in certificates.k8s.io named kubernetes.io/legacy-unknown \
        kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving
          create on subjectaccessreviews in authorization.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:pvc-protection-controller
          get list watch update on persistentvolumeclaims in core
          update on persistentvolumeclaims/status in core
          list watch get on pods in core
          create update patch on events in core events.k8s.io
        role system:controller:pv-protection-controller
          get list watch update on persistentvolumes in core
          create update patch on events in core events.k8s.io
        role system:controller:volumeattributesclass-protection-controller
          list watch get on persistentvolumeclaims in core
          list watch get on persistentvolumes in core
          get list watch update on volumeattributesclasses in storage.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:ttl-after-finished-controller
          get list watch delete on jobs in batch
          create update patch on events in core events.k8s.io
        role system:controller:root-ca-cert-publisher
          create update on configmaps in core
          create update patch on events in core events.k8s.io
        role system:controller:validatingadmissionpolicy-status-controller
          get list watch on validatingadmissionpolicies in admissionregistration.k8s.io
          get patch update on validatingadmissionpolicies/status in admissionregistration.k8s.io
          create update patch on events in core events.k8s.io
        role system:controller:legacy-service-account-token-cleaner
          get on configmaps in core named kube-apiserver-legacy-service-account-token-tracking
          patch delete on secrets in core
        role system:controller:selinux-warning-controller
          create update patch on events in core events.k8s.io
          get list watch on persistentvolumes in core
          get list watch on persistentvolumeclaims in core
          get list watch on pods in core
          get list watch on csidrivers in storage.k8s.io
        """

    /// Follows kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go.
    static let namespaceRoles = """
        role extension-apiserver-authentication-reader in kube-system
          get list watch on configmaps in core named extension-apiserver-authentication
        role system:controller:bootstrap-signer in kube-system
          get list watch on secrets in core
        role system:controller:cloud-provider in kube-system
          create get list watch on configmaps in core
        role system:controller:token-cleaner in kube-system
          get list watch delete on secrets in core
          create update patch on events in core events.k8s.io
        role system::leader-locking-kube-controller-manager in kube-system
          get watch list create update on leases in coordination.k8s.io
          get watch list create update on leasecandidates in coordination.k8s.io
        role system::leader-locking-kube-scheduler in kube-system
          get watch list create update on leases in coordination.k8s.io
          get watch list create update on leasecandidates in coordination.k8s.io
        role system:controller:bootstrap-signer in kube-public
          get list watch on configmaps in core
          update on configmaps in core named cluster-info
          create update patch on events in core events.k8s.io
        bind role extension-apiserver-authentication-reader as system::extension-apiserver-authentication-reader \
        to user:system:kube-controller-manager user:system:kube-scheduler in kube-system
        bind role system::leader-locking-kube-controller-manager to user:system:kube-controller-manager \
        account:kube-system/kube-controller-manager account:kube-system/leader-election-controller in kube-system
        bind role system::leader-locking-kube-scheduler to user:system:kube-scheduler \
        account:kube-system/kube-scheduler in kube-system
        bind role system:controller:bootstrap-signer to account:kube-system/bootstrap-signer in kube-system
        bind role system:controller:cloud-provider to account:kube-system/cloud-provider in kube-system
        bind role system:controller:token-cleaner to account:kube-system/token-cleaner in kube-system
        bind role system:controller:bootstrap-signer to account:kube-system/bootstrap-signer in kube-public
        """

    /// What kubeadm adds. Follows kubernetes cmd/kubeadm/app/phases: bootstraptoken, kubelet, uploadconfig, addons.
    /// Since its 1.36.1 the API server is no administrator to kubelets, and has a binding of its own.
    static let kubeadm = """
        role kubeadm:get-nodes
          get on nodes in core
        role system:coredns
          list watch on endpoints services pods namespaces in core
          list watch on endpointslices in discovery.k8s.io
        role kubeadm:nodes-kubeadm-config in kube-system
          get on configmaps in core named kubeadm-config
        role kubeadm:kubelet-config in kube-system
          get on configmaps in core named kubelet-config
        role kube-proxy in kube-system
          get on configmaps in core named kube-proxy
        role kubeadm:bootstrap-signer-clusterinfo in kube-public
          get on configmaps in core named cluster-info
        bind cluster-admin as kubeadm:cluster-admins to group:kubeadm:cluster-admins
        bind kubeadm:get-nodes to group:system:bootstrappers:kubeadm:default-node-token
        bind system:node-bootstrapper as kubeadm:kubelet-bootstrap \
        to group:system:bootstrappers:kubeadm:default-node-token
        bind system:certificates.k8s.io:certificatesigningrequests:nodeclient as kubeadm:node-autoapprove-bootstrap \
        to group:system:bootstrappers:kubeadm:default-node-token
        bind system:certificates.k8s.io:certificatesigningrequests:selfnodeclient \
        as kubeadm:node-autoapprove-certificate-rotation to group:system:nodes
        bind system:kubelet-api-admin as kubeadm:apiserver-kubelet-client to user:kube-apiserver-kubelet-client
        bind system:node-proxier as kubeadm:node-proxier to account:kube-system/kube-proxy
        bind system:coredns to account:kube-system/coredns
        bind role kubeadm:nodes-kubeadm-config to group:system:bootstrappers:kubeadm:default-node-token \
        group:system:nodes in kube-system
        bind role kubeadm:kubelet-config to group:system:nodes group:system:bootstrappers:kubeadm:default-node-token \
        in kube-system
        bind role kube-proxy to group:system:bootstrappers:kubeadm:default-node-token in kube-system
        bind role kubeadm:bootstrap-signer-clusterinfo to user:system:anonymous in kube-public
        """
}
