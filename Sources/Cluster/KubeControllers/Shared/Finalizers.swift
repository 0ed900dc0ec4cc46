import KubeAPI
import KubeClient

extension KubeClient {
    /// Adds a finalizer to an object, or takes it away. Nothing if the object is gone.
    func setFinalizer(_ finalizer: String, _ isWanted: Bool, _ key: ObjectKey) throws(StatusError) {
        do throws(StatusError) {
            _ = try mutate(key, nil) { object in
                var metadata = object.metadata
                if metadata.finalizers.contains(finalizer) == isWanted { return nil }
                if isWanted {
                    metadata.finalizers.append(finalizer)
                } else {
                    metadata.finalizers.removeAll { $0 == finalizer }
                }
                return object.with(metadata: metadata)
            }
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
