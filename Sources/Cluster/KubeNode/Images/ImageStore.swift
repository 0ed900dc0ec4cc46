import ClusterCore
import KubeAPI

/// One container's wish for its image.
package struct ImagePull: Equatable {
    /// The kubelet's number for the pod.
    package var pod: Int
    /// Tells one pod from another that had the same number earlier.
    package var identity: UInt64
    package var container: Int
    /// The image as the pod names it.
    package var image: String
    /// `Always`, `IfNotPresent` or `Never`.
    package var policy: String
    /// The pod could not pull the image before, and has to wait.
    package var isHeldBack = false
    /// From the pod's script: how long a pull takes.
    package var duration: Interval?
    /// From the pod's script: the pull fails.
    package var fails = false

    package init(pod: Int, identity: UInt64, container: Int, image: String, policy: String) {
        self.pod = pod
        self.identity = identity
        self.container = container
        self.image = image
        self.policy = policy
    }
}

/// What became of a wish.
package enum ImageOutcome: Equatable {
    case present(ImageRegistry.Image)
    /// `waited` is the time from the request to the end, `duration` the pull alone.
    case pulled(ImageRegistry.Image, duration: Interval, waited: Interval)
    /// The runtime's error.
    case failed(String)
    /// It would have to be pulled, and the last pull that failed is not long enough ago.
    case heldBack
    /// Not on the machine, and the policy is `Never`.
    case absent
    /// The name cannot be read; why.
    case invalidName(String)
}

/// The images of one machine, and the queue of those being pulled, one at a time (`serializeImagePulls`, which is on
/// by default). A second pull of an image that has come meanwhile only asks the registry for its digest.
/// Follows kubernetes `pkg/kubelet/images/image_manager.go` and `puller.go`.
package struct ImageStore {
    private struct Waiting {
        var pull: ImagePull
        var requested: Instant
    }

    /// What there is to know of a name that pods use.
    private enum Resolution {
        /// Why it cannot be read.
        case invalid(String)
        /// The whole name, why no registry has it, and the image that they have else.
        case image(ImageRegistry.Image, failure: String?)
    }

    /// Images on the machine, by whole name.
    private var present: [String: ImageRegistry.Image] = [:]
    /// The same by the names that pods use, so that these are read once.
    private var byPodName: [String: ImageRegistry.Image] = [:]
    /// Names that were taken apart before, so that pods of one image share its strings.
    private var resolutions: [String: Resolution] = [:]
    private static let resolutionCapacity = 256
    private var queue: [Waiting] = []
    private var head = 0
    private var isPulling = false
    private var started = Instant(nanoseconds: 0)
    private let seed: UInt64

    /// `seed` decides how fast this machine pulls.
    package init(seed: UInt64, images: [String] = []) {
        self.seed = seed
        for name in images {
            guard let reference = try? ImageReference(name) else { continue }
            add(ImageRegistry.image(reference), as: name)
        }
    }

    package var count: Int { present.count }

    /// Answers at once if no pull is needed or none is possible; nil when a pull has been queued.
    package mutating func request(_ pull: ImagePull, now: Instant) -> ImageOutcome? {
        if pull.policy != "Always", let image = byPodName[pull.image] { return .present(image) }
        switch resolve(pull.image) {
        case .invalid(let message):
            return .invalidName("couldn't parse image name \"\(pull.image)\": \(message)")
        case .image(let found, _):
            if pull.policy != "Always", let image = present[found.name] {
                byPodName[pull.image] = image
                return .present(image)
            }
        }
        if pull.policy == "Never" { return .absent }
        if pull.isHeldBack { return .heldBack }
        queue.append(Waiting(pull: pull, requested: now))
        return nil
    }

    private mutating func resolve(_ name: String) -> Resolution {
        if let known = resolutions[name] { return known }
        let resolution: Resolution
        do throws(ImageReference.ParseError) {
            let reference = try ImageReference(name)
            resolution = .image(ImageRegistry.image(reference), failure: ImageRegistry.failure(of: reference))
        } catch {
            resolution = .invalid(error.message)
        }
        if resolutions.count >= ImageStore.resolutionCapacity { resolutions.removeAll() }
        resolutions[name] = resolution
        return resolution
    }

    /// Begins the next pull of the queue, unless one is going on; returns how long it takes.
    package mutating func startNext(now: Instant) -> Interval? {
        guard !isPulling, head < queue.count else { return nil }
        isPulling = true
        started = now
        return duration(of: queue[head].pull)
    }

    /// Ends the pull that is going on.
    package mutating func finish(now: Instant) -> (pull: ImagePull, outcome: ImageOutcome) {
        precondition(isPulling, "no image is being pulled")
        let waiting = queue[head]
        head += 1
        if head == queue.count {
            queue.removeAll(keepingCapacity: true)
            head = 0
        }
        isPulling = false
        return (waiting.pull, outcome(of: waiting, now))
    }

    private mutating func outcome(of waiting: Waiting, _ now: Instant) -> ImageOutcome {
        let pull = waiting.pull
        guard case .image(let image, let failure) = resolve(pull.image) else {
            return .invalidName("invalid reference format")
        }
        if pull.fails {
            let name = image.name
            return .failed(
                "rpc error: code = NotFound desc = failed to pull and unpack image \"\(name)\": failed to resolve "
                    + "reference \"\(name)\": \(name): not found")
        }
        if let failure { return .failed(failure) }
        add(image, as: pull.image)
        return .pulled(image, duration: now - started, waited: now - waiting.requested)
    }

    private mutating func add(_ image: ImageRegistry.Image, as name: String) {
        present[image.name] = image
        byPodName[name] = image
    }

    /// Half a second to two for the registry's answer; then, for an image that is not there yet, its bytes at 40 to
    /// 80 MiB a second, in all at most eight seconds.
    private mutating func duration(of pull: ImagePull) -> Interval {
        if let scripted = pull.duration { return scripted }
        let draw = scramble(seed ^ pull.identity)
        let answer = Interval.milliseconds(300 + Int(draw % 300))
        guard case .image(let image, nil) = resolve(pull.image), !pull.fails, present[image.name] == nil else {
            return answer
        }
        let bytes = image.bytes
        let speed = (40 << 20) + Int(draw >> 24 % (40 << 20))
        let transfer = Interval(nanoseconds: Int64(bytes / 1000) * 1_000_000_000 / Int64(speed / 1000))
        return min(max(answer + transfer, .milliseconds(800)), .seconds(8))
    }

    /// As the node's status lists them: the largest first, at most `limit`.
    package func list(limit: Int) -> [ContainerImage] {
        let largest = present.values.sorted { $0.bytes == $1.bytes ? $0.name < $1.name : $0.bytes > $1.bytes }
        return largest.prefix(limit).map { image in
            var entry = ContainerImage()
            entry.names = [image.digestName, image.name]
            entry.sizeBytes = image.bytes
            return entry
        }
    }

    /// Forgets the pulls that were going on: the machine lost power. Images stay on its disk.
    package mutating func interrupt() {
        queue.removeAll()
        head = 0
        isPulling = false
    }
}
