# To be sourced: puts the field's clients on PATH, installing them into .venv-clients where they are missing.
. Tests/Scripts/environment.sh
python_environment .venv-clients Tests/Contracts/requirements.txt
PATH="$environment/bin:$PATH"
