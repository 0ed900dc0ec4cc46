import ClusterCore
import Foundation
import KubeAPI

/// `/debug/api_priority_and_fairness/…`: levels, queues and requests as they are now, as tables with commas.
///
/// Follows apiserver pkg/util/flowcontrol/apf_controller_debug.go.
struct FlowControlDump {
    let control: FlowControl
    /// The control's time.
    let now: Double
    /// The wall clock's time at `now`, in seconds since 1970.
    let wallTime: Double

    /// Nil for a table that there is not.
    func table(_ name: String, _ query: QueryItems) -> String? {
        switch name {
        case "dump_priority_levels": priorityLevels
        case "dump_queues": queues
        case "dump_requests": requests(withDetails: !query.text("includeRequestDetails").isEmpty)
        default: nil
        }
    }

    private var priorityLevels: String {
        var rows = [
            [
                "PriorityLevelName", "ActiveQueues", "IsIdle", "IsQuiescing", "WaitingRequests", "ExecutingRequests",
                "DispatchedRequests", "RejectedRequests", "TimedoutRequests", "CancelledRequests",
            ]
        ]
        for level in control.sortedLevels {
            let queues = level.queues
            let counts = level.counts
            let numbers = [
                queues.waitingCount, queues.executing.count, counts.dispatched, counts.refused, counts.timedOut,
                counts.cancelled,
            ]
            rows.append(
                [
                    level.name, String(queues.queues.filter { !$0.waiting.isEmpty }.count), String(queues.isIdle),
                    String(level.isLeaving),
                ] + numbers.map { String($0) })
        }
        return FlowControlDump.text(rows)
    }

    private var queues: String {
        var rows = [
            [
                "PriorityLevelName", "Index", "PendingRequests", "ExecutingRequests", "SeatsInUse", "NextDispatchR",
                "InitialSeatsSum", "MaxSeatsSum", "TotalWorkSum",
            ]
        ]
        for level in control.sortedLevels {
            for (index, queue) in level.queues.queues.enumerated() {
                rows.append([
                    level.name, String(index), String(queue.waiting.count), String(queue.executing),
                    String(queue.seatsInUse), FlowControlDump.seatSeconds(queue.nextDispatch),
                    String(queue.waitingInitialSeats), String(queue.waitingSeats),
                    FlowControlDump.seatSeconds(queue.waitingWork),
                ])
            }
        }
        return FlowControlDump.text(rows)
    }

    private func requests(withDetails: Bool) -> String {
        var header = [
            "PriorityLevelName", "FlowSchemaName", "QueueIndex", "RequestIndexInQueue", "FlowDistingsher", "ArriveTime",
            "InitialSeats", "FinalSeats", "AdditionalLatency", "StartTime",
        ]
        if withDetails {
            header += ["UserName", "Verb", "APIPath", "Namespace", "Name", "APIVersion", "Resource", "SubResource"]
        }
        var rows = [header]
        for level in control.sortedLevels {
            for request in level.queues.executing.values.sorted(by: { $0.number < $1.number }) {
                rows.append(row(request, level.name, place: -1, withDetails))
            }
            for queue in level.queues.queues {
                for (place, request) in queue.waiting.enumerated() {
                    rows.append(row(request, level.name, place: place, withDetails))
                }
            }
        }
        return FlowControlDump.text(rows)
    }

    private func row(_ request: FlowRequest, _ level: String, place: Int, _ withDetails: Bool) -> [String] {
        var row = [
            level, request.schema, String(request.queue ?? -1), String(place), request.distinguisher,
            moment(request.arrival), String(request.work.initialSeats), String(request.work.finalSeats),
            Interval(nanoseconds: Int64((request.work.additionalLatency * 1e9).rounded())).description,
            request.start.map(moment) ?? "",
        ]
        if withDetails {
            let info = request.info
            let version = info.group.isEmpty ? info.version : info.group + "/" + info.version
            row += [
                request.user, info.verb, info.path, info.namespace, info.name, version, info.resource, info.subresource,
            ]
        }
        return row
    }

    private func moment(_ time: Double) -> String {
        let micros = Int(((wallTime - now + time) * 1e6).rounded())
        return MicroTime(microseconds: micros).rfc3339
    }

    private static func seatSeconds(_ value: Double) -> String { String(format: "%.8fss", value) }

    /// As Go's tabwriter sets it: columns of eight characters at least, a space between.
    static func text(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.dropLast().enumerated() {
                let width = max(8, cell.unicodeScalars.count + 2)
                if column < widths.count { widths[column] = max(widths[column], width) } else { widths.append(width) }
            }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell
                    : cell + ","
                        + String(repeating: " ", count: widths[column] - cell.unicodeScalars.count - 1)
            }
            return cells.joined() + "\n"
        }.joined()
    }
}
