/// A labelled bar: `CPU ████▌     45%`.
package struct Bar: Hashable, Sendable {
    package var label: String
    /// 0…1; more is shown as full.
    package var fraction: Double
    /// Stands behind the bar; the percentage when nil.
    package var caption: String?

    package init(label: String = "", fraction: Double, caption: String? = nil) {
        self.label = label
        self.fraction = fraction
        self.caption = caption
    }

    /// The role of the filled part: warns from 80 %, alarms from 95 %.
    package var role: Role {
        fraction >= 0.95 ? .error : fraction >= 0.8 ? .warning : .chart
    }

    /// Draws into the first row of `rect`; the bar takes what the label and the caption leave.
    package func render(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let percent = fraction.isFinite ? Int((max(0, min(fraction, 99.99)) * 100).rounded()) : 0
        let caption = caption ?? DisplayText.padded("\(percent)%", to: 4, alignment: .trailing)
        let labelWidth = label.isEmpty ? 0 : DisplayText.width(label) + 1
        let captionWidth = caption.isEmpty ? 0 : DisplayText.width(caption) + 1
        frame.put(label, x: rect.x, y: rect.y, style: theme[.dim], columns: rect.width)
        let barWidth = rect.width - labelWidth - captionWidth
        if barWidth > 0 {
            let bar = Rect(x: rect.x + labelWidth, y: rect.y, width: barWidth, height: 1)
            frame.bar(in: bar, fraction: fraction, filled: theme[role], track: theme[.chartTrack])
        }
        if captionWidth > 0 {
            let x = max(rect.x + labelWidth, rect.maxX - captionWidth + 1)
            frame.put(caption, x: x, y: rect.y, style: theme[.text], columns: max(0, rect.maxX - x))
        }
    }
}

/// A labelled line of little columns with its last value: `writes/s ▁▂▅█▃ 42`.
package struct Sparkline: Hashable, Sendable {
    package var label: String
    /// Oldest first; the newest stands at the right edge.
    package var values: [Double]
    package var caption: String

    package init(label: String = "", values: [Double], caption: String = "") {
        self.label = label
        self.values = values
        self.caption = caption
    }

    /// Draws into the first row of `rect`; the line takes what the label and the caption leave.
    package func render(into frame: inout Frame, in rect: Rect, theme: Theme) {
        let labelWidth = label.isEmpty ? 0 : DisplayText.width(label) + 1
        let captionWidth = caption.isEmpty ? 0 : DisplayText.width(caption) + 1
        frame.put(label, x: rect.x, y: rect.y, style: theme[.dim], columns: rect.width)
        let width = rect.width - labelWidth - captionWidth
        if width > 0 {
            let line = Rect(x: rect.x + labelWidth, y: rect.y, width: width, height: 1)
            frame.sparkline(in: line, values: values, style: theme[.chart])
        }
        if captionWidth > 0 {
            let x = max(rect.x + labelWidth, rect.maxX - captionWidth + 1)
            frame.put(caption, x: x, y: rect.y, style: theme[.text], columns: max(0, rect.maxX - x))
        }
    }
}
