import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct AccessReviewTests {
    private let alice = SecureServer.user("alice")

    private func attributes(
        _ verb: String, _ resource: String, namespace: String? = "default", group: String? = nil
    ) -> ResourceAttributes {
        var attributes = ResourceAttributes()
        attributes.verb = verb
        attributes.resource = resource
        attributes.namespace = namespace
        attributes.group = group
        return attributes
    }

    private func cluster() throws -> SecureServer {
        let test = try SecureServer()
        try test.clusterRole("pods", SecureServer.rule(["get", "list"], ["pods"]))
        try test.bind("pods", to: SecureServer.subject("User", "alice"), in: "default")
        return test
    }

    @Test func anyonesAccess() throws {
        let test = try cluster()
        let root = SecureServer.user("root", "system:masters")
        var review = SubjectAccessReview()
        review.spec.user = "alice"
        review.spec.resourceAttributes = attributes("list", "pods")
        var status = try test.create(review, as: root).status
        #expect(status.allowed && status.denied == nil)
        #expect(
            status.reason
                == "RBAC: allowed by RoleBinding \"pods/default\" of ClusterRole \"pods\" to User \"alice\"")
        review.spec.resourceAttributes = attributes("list", "pods", namespace: "kube-system")
        status = try test.create(review, as: root).status
        #expect(!status.allowed && status.reason == nil && status.evaluationError == nil)
        // Groups alone will do, and paths.
        review = SubjectAccessReview()
        review.spec.groups = ["system:unauthenticated"]
        review.spec.nonResourceAttributes = NonResourceAttributes()
        review.spec.nonResourceAttributes?.path = "/livez"
        review.spec.nonResourceAttributes?.verb = "get"
        #expect(try test.create(review, as: root).status.allowed)
        // Selectors count for those who are held to them.
        review = SubjectAccessReview()
        review.spec.user = "system:node:node-1"
        review.spec.groups = ["system:nodes"]
        var narrowed = attributes("list", "pods", namespace: nil)
        narrowed.fieldSelector = FieldSelectorAttributes()
        narrowed.fieldSelector?.rawSelector = "spec.nodeName=node-1"
        review.spec.resourceAttributes = narrowed
        #expect(try test.create(review, as: root).status.allowed)
        narrowed.fieldSelector?.rawSelector = nil
        var requirement = FieldSelectorRequirement()
        requirement.key = "spec.nodeName"
        requirement.operator = "In"
        requirement.values = ["node-1"]
        narrowed.fieldSelector?.requirements = [requirement]
        review.spec.resourceAttributes = narrowed
        #expect(try test.create(review, as: root).status.allowed)
        requirement.operator = "Nope"
        narrowed.fieldSelector?.requirements = [requirement]
        review.spec.resourceAttributes = narrowed
        status = try test.create(review, as: root).status
        #expect(!status.allowed)
        #expect(status.evaluationError == "\"Nope\" is not a valid field selector operator")
    }

    @Test func reviewsAreChecked() throws {
        let test = try cluster()
        func message(_ review: SubjectAccessReview) -> String? {
            TestServer.failure { () throws(StatusError) in try test.create(review, as: alice) }?.message
        }
        #expect(
            message(SubjectAccessReview())
                == "SubjectAccessReview.authorization.k8s.io \"\" is invalid: [spec.resourceAttributes: Invalid value: "
                + "null: exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid "
                + "value: \"\": at least one of user or group must be specified]")
        var both = SubjectAccessReview()
        both.spec.user = "a"
        both.spec.resourceAttributes = ResourceAttributes()
        both.spec.nonResourceAttributes = NonResourceAttributes()
        #expect(
            message(both)
                == "SubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.nonResourceAttributes: Invalid value: {\"Path\":\"\",\"Verb\":\"\"}: "
                + "cannot be specified in combination with resourceAttributes")
        var local = LocalSubjectAccessReview()
        local.metadata.namespace = "default"
        local.spec.user = "alice"
        local.spec.resourceAttributes = attributes("get", "pods", namespace: "other")
        #expect(
            TestServer.failure { () throws(StatusError) in try test.create(local, as: alice) }?.message
                == "LocalSubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.resourceAttributes.namespace: "
                + "Invalid value: \"other\": must match metadata.namespace")
        local.spec.resourceAttributes = attributes("get", "pods")
        #expect(try test.create(local, as: alice).status.allowed)
    }

    @Test func selectorsOfReviewsAreChecked() throws {
        let test = try cluster()
        var review = SubjectAccessReview()
        review.spec.user = "alice"
        var narrowed = attributes("list", "pods")
        narrowed.fieldSelector = FieldSelectorAttributes()
        narrowed.fieldSelector?.rawSelector = "a=b"
        var field = FieldSelectorRequirement()
        field.operator = "Exists"
        field.values = ["v"]
        narrowed.fieldSelector?.requirements = [field]
        var label = LabelSelectorRequirement()
        label.key = "a"
        label.operator = "In"
        var unknown = label
        unknown.operator = "Later"
        narrowed.labelSelector = LabelSelectorAttributes()
        narrowed.labelSelector?.requirements = [label, unknown]
        review.spec.resourceAttributes = narrowed
        let path = "spec.resourceAttributes."
        #expect(
            TestServer.failure { () throws(StatusError) in try test.create(review, as: alice) }?.message
                == "SubjectAccessReview.authorization.k8s.io \"\" is invalid: ["
                + path + "fieldSelector.rawSelector: Invalid value: \"a=b\": may not specified at the same time as "
                + "requirements, "
                + path + "fieldSelector.requirements[0].key: Required value: must be specified, "
                + path + "fieldSelector.requirements[0].values: Forbidden: may not be specified when `operator` is "
                + "'Exists' or 'DoesNotExist', "
                + path + "labelSelector.requirements[0].values: Required value: must be specified when `operator` is "
                + "'In' or 'NotIn']")
        narrowed.fieldSelector = FieldSelectorAttributes()
        narrowed.labelSelector = nil
        review.spec.resourceAttributes = narrowed
        #expect(
            TestServer.failure { () throws(StatusError) in try test.create(review, as: alice) }?.message
                == "SubjectAccessReview.authorization.k8s.io \"\" is invalid: " + path
                + "fieldSelector.requirements: Required value: when " + path
                + "fieldSelector is specified, requirements or rawSelector is required")
    }

    @Test func onesOwnAccess() throws {
        let test = try cluster()
        var review = SelfSubjectAccessReview()
        review.spec.resourceAttributes = attributes("get", "pods")
        #expect(try test.create(review, as: alice).status.allowed)
        review.spec.resourceAttributes = attributes("delete", "pods")
        #expect(try !test.create(review, as: alice).status.allowed)
        let who = try test.create(SelfSubjectReview(), as: alice)
        #expect(who.status.userInfo == alice)
    }

    /// What `kubectl auth can-i --list` shows.
    @Test func onesOwnRules() throws {
        let test = try cluster()
        var review = SelfSubjectRulesReview()
        review.spec.namespace = "default"
        let status = try test.create(review, as: alice).status
        let resources = status.resourceRules.map {
            "\($0.verbs.joined(separator: ",")) \($0.resources.joined(separator: ","))"
        }
        #expect(
            resources == [
                "create selfsubjectaccessreviews,selfsubjectrulesreviews", "create selfsubjectreviews", "get,list pods",
            ])
        #expect(status.nonResourceRules.map(\.nonResourceURLs.count) == [11, 5])
        #expect(!status.incomplete && status.evaluationError == nil)
        let node = try test.create(review, as: SecureServer.node("node-1")).status
        #expect(node.incomplete)
        #expect(node.evaluationError == "node authorizer does not support user rule resolution")
        #expect(
            TestServer.failure { () throws(StatusError) in
                try test.create(SelfSubjectRulesReview(), as: alice)
            }?.message
                == "no namespace on request")
    }
}
