extension Pod {
    /// Whether the containers have ended for good. Follows kubernetes pkg/api/v1/pod/util.go `IsPodTerminal`.
    public var isTerminal: Bool { status.phase == "Succeeded" || status.phase == "Failed" }
}
