# To be sourced: puts OpenStack's clients on PATH, and installs them into .venv-clients if they are missing.
. Tests/Scripts/environment.sh
python_environment .venv-clients Tests/Contracts/requirements.txt
PATH="$environment/bin:$PATH"
