/// What kube-controller-manager runs. Made with its context it does nothing; started, it lives on its informers.
package protocol Controller: AnyObject {
    /// Starts its informers and timers; to be called once, when what a new cluster holds is there.
    func start()
}
