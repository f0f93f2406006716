/// The reference of all keys as Markdown.
public enum SettingsReference {
    public static func markdown(_ services: [ServiceSettings]) -> String {
        var text = """
            # Configuration reference

            The configuration is one YAML file. It has sections, and sections have keys. The environment variable beside a
            key overrides the key; its value is also YAML. An unknown key is refused, and the message names the nearest known
            key. A secret is never in the configuration: it is in a file of its own, which only its owner may read.

            `make docs` generates this page from the program.

            """
        var section = ""
        for key in Settings.keys(services) {
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
