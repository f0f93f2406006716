/// The reference of all keys as Markdown.
public enum SettingsReference {
    public static func markdown() -> String {
        var text = """
            # Configuration reference

            One YAML file holds sections, and sections hold keys. Every key can be overridden by the environment variable
            beside it, whose value is YAML, too. A key that does not exist is refused with the nearest name that does; a
            secret is never written here but in a file of its own, which only its owner may read.

            This page is made from the program by `make docs`.

            """
        var section = ""
        for key in Settings.keys {
            let parts = key.path.split(separator: ".", maxSplits: 1).map(String.init)
            if parts[0] != section {
                section = parts[0]
                text += "\n## \(section)\n\n| Key | Value | Default | Meaning | Variable |\n|---|---|---|---|---|\n"
            }
            let standard = key.standard.isEmpty ? "" : "`\(key.standard)`"
            text += "| `\(parts[1])` | \(key.form) | \(standard) | \(key.summary) | `\(key.variable)` |\n"
        }
        return text
    }
}
