/// The seats that a request takes while it is served, and after that for the watches that are told of what it wrote.
///
/// A request has the greater of both from its beginning to the end of what comes after it.
///
/// Follows apiserver pkg/util/flowcontrol/request/width.go `WorkEstimate`.
struct RequestWork: Equatable, Sendable {
    let initialSeats: Int
    let finalSeats: Int
    /// How long the seats are held once the request has been answered, in seconds. Its client does not wait for that.
    let additionalLatency: Double
    /// How many watches are told of what it writes; nil if it writes nothing.
    let watches: Int?

    /// Follows apiserver pkg/util/flowcontrol/request/config.go.
    private static let watchesPerSeat = 10
    private static let eventLatency = 0.005
    private static let greatestFinalSeats = 10

    /// Every ten watches take a seat for 5 ms. Few watches take none, and more seats than a request may have are held
    /// the longer: 25 watches take 3 seats for 5 ms, and 150 not 15, but 10 for 7.5 ms.
    ///
    /// Follows apiserver pkg/util/flowcontrol/request/mutating_work_estimator.go.
    ///
    /// - Parameters:
    ///   - width: The seats that it wants while it is served.
    ///   - widest: The most seats that its level gives to one request.
    init(width: Int, watches: Int?, widest: Int) {
        self.watches = watches
        let watches = watches ?? 0
        initialSeats = min(max(width, 1), widest)
        guard watches >= RequestWork.watchesPerSeat else {
            finalSeats = 0
            additionalLatency = 0
            return
        }
        let wanted = (watches + RequestWork.watchesPerSeat - 1) / RequestWork.watchesPerSeat
        finalSeats = min(wanted, widest, RequestWork.greatestFinalSeats)
        additionalLatency = Double(wanted) * RequestWork.eventLatency / Double(finalSeats)
    }

    var seats: Int { max(initialSeats, finalSeats) }

    /// Seats times seconds that it is taken to need, if it is served for so long.
    func total(_ duration: Double) -> Double {
        Double(initialSeats) * duration + Double(finalSeats) * additionalLatency
    }
}
