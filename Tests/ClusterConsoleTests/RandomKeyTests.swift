import ClusterConsole
import ClusterCore
import TerminalUI
import Testing

/// Hands that do anything at all: keys bound and unbound, the mouse, pastes, and windows pulled to any size, while the
/// cluster lives on underneath.
struct RandomHands {
    private var random: SeededRandom
    private(set) var size = Size(width: 120, height: 40)
    /// What was done, for the report of a failure.
    private(set) var log: [String] = []

    private static let keys: [Key] =
        KeyTable.sections.flatMap(\.bindings).flatMap(\.keys) + [
            .enter, .enter, .enter, .escape, .tab, .backtab, .backspace, .delete, .insert, .up, .down, .left, .right,
            .home, .end, .pageUp, .pageDown, .shiftUp, .shiftDown, .function(1), .function(24), .control("w"),
            .control("u"), .alt("b"), .alt("f"), .character("😀"), .character("é"), .character("漢"),
        ]
    private static let words = [
        ":pods", ":nodes", ":deploy", ":rs", ":svc", ":eps", ":events all", ":ns", ":cm kube-system", ":leases",
        ":flowschemas", ":no node-1", ":secrets", ":nothing", ":podmetrics", ":rules", ":pods -l app=web", "/web",
        "/!web", "/-f wb", "/(", "web", "nginx:1.29", "999999999999", "-1", "a/b", "yes",
    ]
    private static let pastes = ["web", "a\nb\nc\n", "apiVersion: v1\nkind: Pod\n", "\t", "漢字😀", ""]
    private static let sizes = [
        Size(width: 60, height: 16), Size(width: 59, height: 16), Size(width: 1, height: 1),
        Size(width: 80, height: 24), Size(width: 200, height: 60), Size(width: 61, height: 17),
        Size(width: 500, height: 16),
    ]

    init(seed: UInt64) { random = SeededRandom(seed: seed).fork("hands") }

    mutating func next() -> [InputEvent] {
        let events: [InputEvent]
        switch random.below(20) {
        case 0...11: events = [.key(one(of: RandomHands.keys))]
        case 12...14:
            events = one(of: RandomHands.words).map { .key(.character($0)) } + [.key(.enter)]
        case 15, 16: events = [.mouse(mouse())]
        case 17: events = [.paste(one(of: RandomHands.pastes))]
        case 18:
            size = one(of: RandomHands.sizes)
            events = [.resize(size)]
        default: events = [.key(.escape)]
        }
        log += events.map { "\($0)" }
        return events
    }

    /// How long the cluster goes on before the next key, in milliseconds.
    mutating func pause() -> Int { random.below(8) == 0 ? random.below(30_000) : random.below(200) }

    private mutating func mouse() -> MouseEvent {
        let actions: [MouseEvent.Action] = [.click, .doubleClick, .drag, .release, .wheelUp, .wheelDown]
        return MouseEvent(
            one(of: actions), button: one(of: [.left, .middle, .right]), x: random.below(size.width),
            y: random.below(size.height))
    }

    private mutating func one<Element>(of choices: [Element]) -> Element { choices[random.below(choices.count)] }
}

@Suite struct RandomKeyTests {
    /// Whatever hands do, there is a picture of the right size with its cursor inside, and escape leads out.
    @Test(arguments: UInt64(1)...24)
    func anyHandsAreTaken(seed: UInt64) {
        let desk = LiveDesk()
        var hands = RandomHands(seed: seed)
        for _ in 0..<120 where !desk.console.exitRequested {
            for event in hands.next() { desk.console.handle(event) }
            desk.settle()
            desk.cluster.run(for: .milliseconds(hands.pause()))
            desk.update()
            let frame = desk.console.frame(wallSeconds: (desk.cluster.loop.now - .simulationStart).seconds)
            let isInside = desk.console.cursor.map { frame.bounds.contains($0) } ?? true
            #expect(frame.size == hands.size && isInside, "seed \(seed), after \(hands.log)")
        }
        guard !desk.console.exitRequested else { return }
        desk.console.handle(.resize(Size(width: 120, height: 40)))
        for _ in 0..<80 { desk.press("<esc>") }
        desk.press(":nodes<enter><wait 10s>")
        #expect(desk.text.contains("node-1"), "seed \(seed), after \(hands.log)")
    }
}
