import CHugePages
import Foundation

// make bench: measures the numbers of the design, each against its floor and its aim, and exits 1 when one misses its
// floor twice. Every measurement runs in a process of its own, so that memory is its own too.
//
// drydock-bench            all of them
// drydock-bench NAME …     only these

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "--measure", arguments.count == 2,
    let measurement = Measurement.all.first(where: { $0.name == arguments[1] })
{
    // As the executable does.
    use_huge_pages()
    for figure in measurement.body() { print(figure) }
    exit(0)
}

let chosen = arguments.isEmpty ? Measurement.all : Measurement.all.filter { arguments.contains($0.name) }
if chosen.isEmpty {
    print("drydock-bench: no such measurement; there are \(Measurement.all.map(\.name).joined(separator: ", "))")
    exit(2)
}
Table.begin("what")
var missed = chosen.filter { !Table.add($0, Runner.run($0)) }
if !missed.isEmpty {
    // A shared machine may be half as fast for minutes: what missed a floor has one more chance when all else is done.
    Table.begin("once more")
    missed = missed.filter { !Table.add($0, Runner.run($0)) }
}
exit(missed.isEmpty ? 0 : 1)
