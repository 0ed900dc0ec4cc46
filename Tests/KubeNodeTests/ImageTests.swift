import ClusterCore
import KubeAPI
import KubeNode
import Testing

@Suite struct ImageTests {
    @Test(arguments: [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("team/app:v1", "docker.io/team/app:v1"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        ("registry.k8s.io/coredns/coredns:v1.12.0", "registry.k8s.io/coredns/coredns:v1.12.0"),
        ("ghcr.io/a/b__c-d.e:1", "ghcr.io/a/b__c-d.e:1"),
        (
            "nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "docker.io/library/nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        ),
    ])
    func wholeName(_ text: String, _ expected: String) throws {
        #expect(try ImageReference(text).canonical == expected)
    }

    @Test(arguments: [
        ("", "invalid reference format"),
        ("Nginx", "invalid reference format: repository name (library/Nginx) must be lowercase"),
        ("nginx:", "invalid reference format"),
        ("nginx:a b", "invalid reference format"),
        ("nginx@sha256:12", "invalid reference format"),
        ("a//b", "invalid reference format"),
        ("-nginx", "invalid reference format"),
        ("a___b", "invalid reference format"),
        ("a.-b", "invalid reference format"),
    ])
    func brokenName(_ text: String, _ message: String) {
        #expect(throws: ImageReference.ParseError(message: message)) { try ImageReference(text) }
    }

    @Test(arguments: [
        "nginx:nope", "nginx:does-not-exist", "nginx:1.27-broken", "nginx:99.1", "nginx:1.999", "redis:typo",
        "ghcr.io/team/app:missing",
    ])
    func absentTag(_ text: String) throws {
        let reference = try ImageReference(text)
        let name = reference.canonical
        #expect(
            ImageRegistry.failure(of: reference)
                == "rpc error: code = NotFound desc = failed to pull and unpack image \"\(name)\": failed to resolve "
                + "reference \"\(name)\": \(name): not found")
    }

    @Test(arguments: [
        "nginx", "nginx:1.27", "nginx:1.29-alpine", "nginx:stable", "postgres:17.2", "myapp:v99.1", "team/notfoundry:1",
        "busybox:glibc", "registry.example.com/team/app:1.0", "team/invalidator:latest",
    ])
    func presentImage(_ text: String) throws {
        #expect(ImageRegistry.failure(of: try ImageReference(text)) == nil)
    }

    @Test func imagesAreTheSameOnEveryNode() throws {
        let first = ImageRegistry.image(try ImageReference("team/app:v1"))
        let second = ImageRegistry.image(try ImageReference("docker.io/team/app:v1"))
        #expect(first == second)
        #expect(first.digestName.hasPrefix("docker.io/team/app@sha256:"))
        #expect(first.digestName.utf8.count == "docker.io/team/app@sha256:".utf8.count + 64)
        #expect(ImageRegistry.image(try ImageReference("team/app:v2")).digestName != first.digestName)
        #expect(12 << 20..<301 << 20 ~= first.bytes)
    }

    /// What has come meanwhile needs no pull, and so no wait; `Never` is told before anything else.
    @Test func aBackOffHoldsPullsAlone() {
        var store = ImageStore(seed: 7, images: ["nginx:1.27"])
        func answer(_ image: String, _ policy: String) -> ImageOutcome? {
            var pull = ImagePull(pod: 1, identity: 1, container: 0, image: image, policy: policy)
            pull.isHeldBack = true
            return store.request(pull, now: .simulationStart)
        }
        #expect(answer("httpd:2.4", "IfNotPresent") == .heldBack)
        #expect(answer("httpd:2.4", "Never") == .absent)
        #expect(answer("nginx:1.27", "Always") == .heldBack)
        guard case .present = answer("nginx:1.27", "IfNotPresent") else {
            Issue.record("the image is on the machine")
            return
        }
        #expect(store.startNext(now: .simulationStart) == nil, "nothing was queued")
    }

    @Test func pullsWaitForEachOther() {
        var store = ImageStore(seed: 7)
        let start = Instant.simulationStart
        func pull(_ pod: Int, _ image: String) -> ImagePull {
            ImagePull(pod: pod, identity: UInt64(pod), container: 0, image: image, policy: "IfNotPresent")
        }
        #expect(store.request(pull(1, "httpd:2.4"), now: start) == nil)
        #expect(store.request(pull(2, "httpd:2.4"), now: start) == nil)
        guard let first = store.startNext(now: start) else {
            Issue.record("nothing to pull")
            return
        }
        #expect(store.startNext(now: start) == nil, "one at a time")
        let (done, outcome) = store.finish(now: start + first)
        #expect(done.pod == 1)
        guard case .pulled(let image, let duration, let waited) = outcome else {
            Issue.record("the image was not pulled: \(outcome)")
            return
        }
        #expect(image.name == "docker.io/library/httpd:2.4")
        #expect(duration == first && waited == first)
        #expect(.milliseconds(800)...Interval.seconds(8) ~= first)
        // The image is there by now: the second only asks the registry.
        guard let second = store.startNext(now: start + first) else {
            Issue.record("the second pull is not queued")
            return
        }
        #expect(second < .milliseconds(600))
        #expect(store.request(pull(3, "docker.io/library/httpd:2.4"), now: start) == .present(image))
        #expect(store.list(limit: 5).map(\.names) == [[image.digestName, image.name]])
    }
}
